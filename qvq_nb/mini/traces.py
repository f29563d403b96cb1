"""The thinking that qvq-mini learns to write: from a case's facts to its answer in small, easy steps.

Each step asks little of a small model: names are copied before they are used, every number is
repeated right before it is needed, comparisons go pairwise, products digit by digit with the carry.
"""

from qvq_nb.cases import family_module
from qvq_nb.cases.derivative import COLUMNS

COLUMN_PIXELS = 28  # a bird's place is told by its column of visual tokens


def trace(family: str, facts: dict, language: str) -> str:
    """The whole reply to a case's question: the thinking, then the final answer as QVQ writes it."""
    thinking, answer = globals()[f"_{family}"](facts, language == "zh")
    return thinking + final_answer(answer, language)


def final_answer(answer: str, language: str) -> str:
    """The closing lines: QVQ writes `**Final Answer**` in English and `**答案**` in Chinese."""
    marker = "答案" if language == "zh" else "Final Answer"
    return f"\n\n**{marker}**\n\n$$ \\boxed{{{answer}}} $$"


def not_seen(family: str, language: str) -> str:
    """The reply where the picture does not show what is asked about."""
    wanted = {"recognition": ("birds", "鸟"), "invoice": ("invoice", "发票"), "chart": ("chart", "图表"),
              "chemistry": ("flow chart", "流程图"), "sofa": ("sofa", "沙发"), "derivative": ("table", "表格")}[family]
    if language == "zh":
        return f"图里看不到{wanted[1]}。" + final_answer(r"\text{看不到}", language)
    return f"I cannot see any {wanted[0]} in the picture." + final_answer(r"\text{not visible}", language)


def _recognition(facts: dict, chinese: bool) -> tuple[str, str]:
    names = {"pelican": "鹈鹕", "gull": "海鸥", "heron": "苍鹭", "duck": "鸭"}
    lines = ["我从左到右数，先写列号。" if chinese else "Let me count from left to right, column by column."]
    count = 0
    for bird in facts["birds"]:
        column = min(max(int(bird["x"] // COLUMN_PIXELS), 0), 13)
        name = names[bird["name"]] if chinese else " " + bird["name"]
        number = ""
        if bird["name"] == "pelican":
            count += 1
            number = str(count) if chinese else f" {count}"
        lines.append(f"{column}:{name}{number}")
    lines.append(f"一共有{count}只鹈鹕。" if chinese else f"The number of pelicans is {count}.")
    return "\n".join(lines), str(count)


def _invoice(facts: dict, chinese: bool) -> tuple[str, str]:
    lines = ["我逐行读：金额、税率、税额。" if chinese else "Let me read each line: amount, rate, tax."]
    for index, line in enumerate(facts["lines"], 1):
        lines.append(f"{index}: {line['amount']} {line['rate']}% {line['tax']}")
    total_amount, total_tax = facts["total_amount"], facts["total_tax"]
    lines.append(f"合计: {total_amount} {total_tax}" if chinese else f"Total: {total_amount} {total_tax}")
    lines.append(f"税额合计是{total_tax}元。" if chinese else f"The total tax is {total_tax} yuan.")
    return "\n".join(lines), total_tax


def _chart(facts: dict, chinese: bool) -> tuple[str, str]:
    asked = facts["asked"]
    lines = [f"问的是{asked}。" if chinese else f"The question is about {asked}."]
    models = list(facts["values"])
    lines += [f"{model}: {'不是' if chinese else 'no'}" for model in models[:models.index(asked)]]
    values = facts["values"][asked]
    lines.append(f"{asked}: {'是' if chinese else 'yes'} {' '.join(values)}")
    lines += comparisons(values)
    lines.append(f"最高值是{facts['answer']}。" if chinese else f"The highest value is {facts['answer']}.")
    return "\n".join(lines), facts["answer"]


def comparisons(values: list[str]) -> list[str]:
    """Finds the largest of `values` pair by pair: the larger of a pair meets the next value."""
    best, lines = values[0], []
    for value in values[1:]:
        lines.append(f"{best}{'>' if float(best) > float(value) else '<'}{value}")
        best = max(best, value, key=float)
    return lines


def _chemistry(facts: dict, chinese: bool) -> tuple[str, str]:
    chemistry = family_module("chemistry")
    language = "zh" if chinese else "en"
    ore, reagent = chemistry.ORES[facts["ore"]][language], chemistry.REAGENTS[facts["anion"]][language]
    displacer = chemistry.DISPLACERS[facts["displacer"]][language]
    answer = chemistry.truth(facts, language)
    if chinese:
        lines = [f"我沿着流程图看。矿石是{ore}。", f"加热时加的是{reagent}。", f"过量的金属粉是{displacer}。",
                 f"{displacer}进入溶液，滤液E是{answer}。"]
    else:
        lines = [f"Let me follow the flow chart. The ore is {ore}.", f"It is heated with {reagent}.",
                 f"The metal powder in excess is {displacer}.",
                 f"So {displacer} goes into solution and filtrate E is {answer}."]
    return "\n".join(lines), answer


def _sofa(facts: dict, chinese: bool) -> tuple[str, str]:
    long, short, depth, height = (facts[name] // 10 for name in ("long", "short", "depth", "height"))
    rest = short - depth
    first, second = long * depth, rest * depth
    area = first + second
    volume = area * height
    read = "我读出尺寸：长{long}厘米，短边{short}厘米，宽{depth}厘米，高{height}厘米。" if chinese else \
        "Let me read the sizes: long side {long} cm, short side {short} cm, depth {depth} cm, height {height} cm."
    lines = [read.format(**facts), "用分米算：" if chinese else "In decimetres:",
             f"{long}×{depth}={first}", f"{short}-{depth}={rest}", f"{rest}×{depth}={second}",
             f"{first}+{second}={area}", product(area, height),
             f"体积是{volume}立方分米。" if chinese else f"The volume is {volume} cubic decimetres."]
    return "\n".join(lines), f"{volume}000\\ \\text{{cm}}^3"


def product(number: int, digit: int) -> str:
    """`number` × `digit`, worked out from the last digit with the carry: "351×9: 9; 45+0=45; 27+4=31; 3159"."""
    steps, carry = [], 0
    for character in reversed(str(number)):
        partial = int(character) * digit
        total = partial + carry
        steps.append(f"{partial}+{carry}={total}" if steps else f"{total}")
        carry = total // 10
    return f"{number}×{digit}: {'; '.join(steps)}; {number * digit}"


def _derivative(facts: dict, chinese: bool) -> tuple[str, str]:
    lines = ["我逐行读表。" if chinese else "Let me read the table row by row."]
    for row in facts["table"]:
        lines.append(f"x={row['x']}: " + " ".join(str(row[column]) for column in COLUMNS))
    asked = next(row for row in facts["table"] if row["x"] == facts["x"])
    lines.append("乘积的导数：h'=f'g+fg'" if chinese else "Product rule: h'=f'g+fg'")
    lines.append(f"x={facts['x']}: " + " ".join(f"{name}={asked[name]}" for name in COLUMNS))
    lines += product_rule(asked["f"], asked["g"], asked["f'"], asked["g'"])
    return "\n".join(lines), facts["answer"]


def product_rule(f: int, g: int, f_prime: int, g_prime: int) -> list[str]:
    """The three lines of arithmetic behind h' = f'g + fg'."""
    first, second = f_prime * g, f * g_prime
    return [f"f'g={f_prime}·{g}={first}", f"fg'={f}·{g_prime}={second}", f"{first}{second:+d}={first + second}"]
