"""The thinking that qvq-mini learns to write: from a case's facts to its answer in small, easy steps.

Each step asks little of a small model: names are copied before they are used, every number is
repeated right before it is needed, comparisons go pairwise, products digit by digit with the carry.
What matters is read a second time. In some traces the first reading is spoilt on purpose; the model is never
taught to write such a slip, only to see it and to go on with the second reading.
"""

from random import Random
from typing import NamedTuple

from qvq_nb.cases import family_module
from qvq_nb.cases.derivative import COLUMNS
from qvq_nb.cases.follow_up import FollowUp
from qvq_nb.cases.recognition import BIRDS
from qvq_nb.trace import FINAL_OPENINGS

COLUMN_PIXELS = 28  # a bird's place is told by its column of visual tokens
SLIP_SHARE = 0.3
FOUND = {"en": "So I read ", "zh": "要读的是"}


class Piece(NamedTuple):
    """A part of a reply: its text, the key of the drawn text that it is copied from, and whether it is taught.

    What is not taught is read by the model, as the beginning of its own reply, and never learned.
    """

    text: str
    key: str | None = None
    taught: bool = True


def trace(family: str, facts: dict, language: str) -> str:
    """The whole reply to a case's question: the thinking, then the final answer as QVQ writes it."""
    return "".join(piece.text for piece in reply(family, facts, language))


def reply(
    family: str,
    facts: dict,
    language: str,
    asked: FollowUp | None = None,
    random: Random | None = None,
    columns: list[int] | None = None,
) -> list[Piece]:
    """The reply in pieces, to the case's own question or to `asked`; `random` puts in slips now and then.

    `columns` are the birds' columns of visual tokens, where the picture is not as wide as the case's own.
    """
    writer = _Writer(facts, language == "zh", asked, random, columns)
    answer = getattr(writer, family)()
    last = writer.pieces.pop()
    return [*writer.pieces, last._replace(text=last.text.rstrip("\n")), Piece(final_answer(answer, language))]


def final_answer(answer: str, language: str) -> str:
    """The closing lines: QVQ writes `**Final Answer**` in English and `**答案**` in Chinese."""
    return f"{FINAL_OPENINGS[language]}{answer}}} $$"


def not_seen(family: str, language: str) -> str:
    """The reply where the picture does not show what is asked about."""
    wanted = {
        "recognition": ("birds", "鸟"),
        "invoice": ("invoice", "发票"),
        "chart": ("chart", "图表"),
        "chemistry": ("flow chart", "流程图"),
        "sofa": ("sofa", "沙发"),
        "derivative": ("table", "表格"),
    }[family]
    if language == "zh":
        return f"图里看不到{wanted[1]}。" + final_answer(r"\text{看不到}", language)
    return f"I cannot see any {wanted[0]} in the picture." + final_answer(r"\text{not visible}", language)


def cut_short(pieces: list[Piece], random: Random) -> list[Piece]:
    """The same reply with its thinking cut at any place: the thinking is given, and only the final answer is taught."""
    *thinking, final = pieces
    left = random.randint(0, sum(len(piece.text) for piece in thinking))
    kept = []
    for piece in thinking:
        kept.append(Piece(piece.text[:left], taught=False))
        left = max(left - len(piece.text), 0)
    return [piece for piece in kept if piece.text] + [final]


class _Writer:
    """Writes the thinking about one drawing; each family's method returns the answer."""

    def __init__(self, facts: dict, chinese: bool, asked: FollowUp | None, random: Random | None, columns):
        self.facts, self.chinese, self.asked, self.random, self.columns = (
            facts,
            chinese,
            asked,
            random,
            columns,
        )
        self.pieces: list[Piece] = []

    @property
    def kind(self) -> str | None:
        return self.asked.kind if self.asked else None

    def say(self, english: str, chinese: str | None = None) -> None:
        """Words of the model's own."""
        self.pieces.append(Piece(chinese if self.chinese and chinese is not None else english))

    def wanted(self, english: str, chinese: str) -> None:
        """Says first what is asked for: the later steps hang on these few words, not on the question's many wordings."""
        self.say(f"The question is about {english}.\n", f"问的是{chinese}。\n")

    def find(self, names: list[str], wanted: int, key: str) -> None:
        """Numbers the names of the drawing and looks up the one that is asked for."""
        for index, name in enumerate(names):
            self.read([Piece(name, f"{key} {index}"), Piece(f": {index + 1}\n")])
        self.say(FOUND["zh" if self.chinese else "en"])
        self.read([Piece(names[wanted], f"{key} {wanted}"), Piece(f": {wanted + 1}\n")])

    def read(self, pieces: list[Piece]) -> None:
        """A first reading."""
        self.pieces += pieces

    def check(self, first: list[Piece], again: list[Piece], misread) -> None:
        """Reads what matters once more; now and then the first reading, already written, is spoilt by `misread(piece)`."""
        slipped = False
        if self.random and self.random.random() < SLIP_SHARE:
            keys = {piece.key for piece in again if piece.key}
            places = [
                index
                for index, piece in enumerate(self.pieces)
                if piece.key in keys and any(piece is one for one in first)
            ]
            index = self.random.choice(places)
            wrong = misread(self.pieces[index])
            slipped = wrong != self.pieces[index].text
            self.pieces[index] = self.pieces[index]._replace(text=wrong, taught=not slipped)
        self.pieces += again
        if slipped:
            self.say(" I misread that before.\n", "刚才读错了。\n")
        else:
            self.say(" That agrees.\n", "一致。\n")

    def misread_number(self, piece: Piece) -> str:
        """Another digit, as an eye takes one for another; or another number of the same kind from the drawing."""
        others = [
            other.text
            for other in self.pieces
            if other.key
            and piece.key
            and other.key.split()[0] == piece.key.split()[0]
            and other.text != piece.text
        ]
        if others and self.random.random() < 0.4:
            return self.random.choice(others)
        places = [index for index, character in enumerate(piece.text) if character.isdigit()]
        place = self.random.choice(places)
        return piece.text[:place] + self.random.choice("0123456789") + piece.text[place + 1 :]

    # -- the families ----------------------------------------------------------------------------------------------

    def recognition(self) -> str:
        wanted = self.asked.subject["birds"] if self.asked else "pelican"
        names = {"pelican": "鹈鹕", "gull": "海鸥", "heron": "苍鹭", "duck": "鸭"}
        many = {"pelican": ("pelicans", "鹈鹕"), **BIRDS}[wanted]
        birds = self.facts["birds"]
        columns = self.columns or [min(max(int(bird["x"] // COLUMN_PIXELS), 0), 13) for bird in birds]
        self.say(
            f"Let me count the {many[0]} from left to right, column by column.\n",
            f"我从左到右数{many[1]}，先写列号。\n",
        )
        seen = [bird["name"] for bird in birds]
        slip = None
        if self.random and self.random.random() < SLIP_SHARE:
            slip = self.random.randrange(len(seen))
            seen[slip] = self.random.choice([name for name in names if name != seen[slip]])
        for index, name in enumerate(seen):
            shown = names[name] if self.chinese else f" {name}"
            key = f"bird {index}"
            self.pieces += [Piece(f"{columns[index]}:", key), Piece(shown, key, index != slip), Piece("\n")]
        found = [index for index, bird in enumerate(birds) if wanted in ("bird", bird["name"])]
        before = [index for index, name in enumerate(seen) if wanted in ("bird", name)]
        self.say(f"Let me double-check the {many[0]}:", f"再核对一遍{many[1]}：")
        for number, index in enumerate(found, 1):
            self.pieces += [Piece(f" {columns[index]}:{number}", f"bird {index}")]
        if not found:
            self.say(" none.", "没有。")
        self.say(
            "\n" if found == before else "\nI miscounted before.\n",
            "\n" if found == before else "\n刚才数错了。\n",
        )
        self.say(f"The number of {many[0]} is {len(found)}.", f"一共有{len(found)}只{many[1]}。")
        return str(len(found))

    def invoice(self) -> str:
        lines, kind = self.facts["lines"], self.kind
        if self.asked and "line" in self.asked.subject:
            return self._invoice_line(lines, self.asked.subject["line"], kind)
        name, words = (
            ("total_amount", ("total amount", "金额合计"))
            if kind
            else ("total_tax", ("total tax", "税额合计"))
        )
        self.wanted(f"the {words[0]}", words[1])
        self.say("Let me read each line: amount, rate, tax.\n", "我逐行读：金额、税率、税额。\n")
        for index, line in enumerate(lines):
            self.say(f"{index + 1}: ")
            self.read(
                [
                    Piece(line["amount"], f"amount {index}"),
                    Piece(" "),
                    Piece(f"{line['rate']}%", f"rate {index}"),
                    Piece(" "),
                    Piece(line["tax"], f"tax {index}"),
                    Piece("\n"),
                ]
            )
        self.say("Total: ", "合计: ")
        first = [
            Piece(self.facts["total_amount"], "total amount"),
            Piece(" "),
            Piece(self.facts["total_tax"], "total tax"),
        ]
        self.read(first)
        value = self.facts[name]
        self.say(f"\nLet me double-check the {words[0]}: ", f"\n再核对一遍{words[1]}：")
        self.check(
            first,
            [Piece(value, name.replace("_", " ")), Piece("." if not self.chinese else "。")],
            self.misread_number,
        )
        self.say(f"The {words[0]} is {value} yuan.", f"{words[1]}是{value}元。")
        return value

    def _invoice_line(self, lines: list[dict], wanted: int, kind: str) -> str:
        line = lines[wanted]
        words = {"tax": ("tax", "税额"), "amount": ("amount", "金额"), "rate": ("rate", "税率")}[kind]
        self.wanted(f"the {words[0]} of {line['item']}", f"{line['item']}的{words[1]}")
        self.find([line["item"] for line in lines], wanted, "item")
        first = [
            Piece(line["amount"], f"amount {wanted}"),
            Piece(" "),
            Piece(f"{line['rate']}%", f"rate {wanted}"),
            Piece(" "),
            Piece(line["tax"], f"tax {wanted}"),
        ]
        self.read(first)
        value = f"{line['rate']}%" if kind == "rate" else line[kind]
        self.say(f"\nLet me double-check the {words[0]}: ", f"\n再核对一遍{words[1]}：")
        self.check(
            first,
            [Piece(value, f"{kind} {wanted}"), Piece("." if not self.chinese else "。")],
            self.misread_number,
        )
        return value.replace("%", "\\%")

    def chart(self) -> str:
        kind, facts = self.kind, self.facts
        if kind in ("lowest bar", "highest bar"):
            return self._whole_chart(kind == "lowest bar")
        asked = self.asked.subject["model"] if kind else facts["asked"]
        values, models = facts["values"][asked], list(facts["values"])
        group = models.index(asked)
        if kind == "value":
            wanted = self.asked.subject["benchmark"]
            benchmark = facts["benchmarks"][wanted]
            self.wanted(f"{benchmark} of {asked}", f"{asked} 的 {benchmark}")
        elif kind == "lowest":
            self.wanted(f"the lowest value of {asked}", f"{asked} 的最低值")
        else:
            self.wanted(f"the highest value of {asked}", f"{asked} 的最高值")
        self.find(models, group, "name")
        first = self._values(group, values)
        self.read(first)
        self.say("\nLet me double-check: ", "\n再核对一遍：")
        self.check(
            first,
            [*self._values(group, values), Piece("." if not self.chinese else "。")],
            self.misread_number,
        )
        if kind == "value":
            for index, benchmark in enumerate(facts["benchmarks"][: wanted + 1]):
                self.read([Piece(benchmark, f"benchmark {index}"), Piece(f" {values[index]}\n")])
            return values[wanted]
        truth = self._best(values, lowest=kind == "lowest")
        words = ("lowest", "最低值") if kind == "lowest" else ("highest", "最高值")
        self.say(f"The {words[0]} value is {truth}.", f"{words[1]}是{truth}。")
        return truth

    def _whole_chart(self, lowest: bool) -> str:
        self.wanted(*(("the lowest bar", "最低的柱子") if lowest else ("the highest bar", "最高的柱子")))
        self.say("Let me read all bars, group by group.\n", "我逐组读出所有柱子。\n")
        everything = []
        for group, values in enumerate(self.facts["values"].values()):
            self.read([*self._values(group, values), Piece("\n")])
            everything += values
        truth = self._best(everything, lowest)
        self.say(
            f"The {'lowest' if lowest else 'highest'} bar is {truth}.",
            f"{'最低' if lowest else '最高'}的柱子是{truth}。",
        )
        return truth

    def _best(self, values: list[str], lowest: bool) -> str:
        self.say(search(values, "zh" if self.chinese else "en", lowest) + "\n")
        return (min if lowest else max)(values, key=float)

    @staticmethod
    def _values(group: int, values: list[str]) -> list[Piece]:
        pieces = []
        for index, value in enumerate(values):
            pieces += [Piece(" "), Piece(value, f"value {group} {index}")]
        return pieces[1:]

    def chemistry(self) -> str:
        chemistry, kind, chinese = family_module("chemistry"), self.kind, self.chinese
        language = "zh" if chinese else "en"
        tables = {
            "ore": (chemistry.ORES, "ore"),
            "reagent": (chemistry.REAGENTS, "anion"),
            "powder": (chemistry.DISPLACERS, "displacer"),
            "won": (chemistry.METALS, "won"),
        }
        names = {key: table[self.facts[fact]][language] for key, (table, fact) in tables.items()}
        sentences = {
            "ore": ("The ore is ", "矿石是"),
            "reagent": ("It is heated with ", "加热时加的是"),
            "powder": ("The metal powder in excess is ", "过量的金属粉是"),
            "won": ("The crude metal is ", "粗金属是"),
        }
        end = "。\n" if chinese else ".\n"
        self.wanted(
            *{
                None: ("filtrate E", "滤液E"),
                "ore": ("the ore", "矿石"),
                "reagent": ("the reagent", "加热时加的试剂"),
                "powder": ("the metal powder", "金属粉"),
                "metal": ("the crude metal", "粗金属"),
            }[kind]
        )
        self.say("Let me follow the flow chart. ", "我沿着流程图看。")
        first = []
        wanted = ("won",) if kind == "metal" else (kind,) if kind else ("ore", "reagent", "powder")
        for key in wanted:
            self.say(*sentences[key])
            first.append(Piece(names[key], key))
            self.read(first[-1:])
            self.say(end)

        def misread(piece):
            table, _ = tables[piece.key]
            return self.random.choice(
                [entry[language] for entry in table.values() if entry[language] != piece.text]
            )

        self.say("Let me double-check: ", "再核对一遍：")
        again = [Piece(names[key], key) for key in wanted[-2:]]
        between = Piece("、" if chinese else ", ")
        self.check(
            first,
            [*again[:1], *(part for piece in again[1:] for part in (between, piece)), Piece(end[0])],
            misread,
        )
        if kind:
            return f"\\text{{{names[wanted[0]]}}}"
        answer, powder = chemistry.target(self.facts, language).expected, names["powder"]
        self.say(
            f"So {powder} goes into solution and filtrate E is {answer}.",
            f"{powder}进入溶液，滤液E是{answer}。",
        )
        return answer

    def sofa(self) -> str:
        facts, kind = self.facts, self.kind
        long, short, depth, height = (facts[name] // 10 for name in ("long", "short", "depth", "height"))
        names = {
            "long": ("long side ", "长"),
            "short": ("short side ", "短边"),
            "depth": ("depth ", "宽"),
            "height": ("height ", "高"),
        }
        unit = "厘米" if self.chinese else " cm"
        self.wanted(
            *{
                None: ("the volume", "体积"),
                "area": ("the floor area", "底面积"),
                "long": ("the long side", "长"),
                "short": ("the short side", "短边"),
                "depth": ("the depth", "宽"),
                "height": ("the height", "高"),
            }[kind]
        )
        self.say("Let me read the sizes: ", "我读出尺寸：")
        first = []
        for index, (name, words) in enumerate(names.items()):
            self.say((", " if index else "") + words[0], ("，" if index else "") + words[1])
            first.append(Piece(str(facts[name]), name))
            self.read(first[-1:])
            self.say(unit)
        self.say(".\nLet me double-check: ", "。\n再核对一遍：")
        again = [Piece(str(facts[name]), name) for name in ([kind] if kind in names else names)]
        spaced = [part for piece in again for part in (Piece(" "), piece)][1:]
        self.check(first, [*spaced, Piece("." if not self.chinese else "。")], self.misread_number)
        if kind in names:
            return f"{facts[kind]}\\ \\text{{cm}}"
        rest = short - depth
        first_area, second_area = long * depth, rest * depth
        area = first_area + second_area
        self.say("In decimetres:\n", "用分米算：\n")
        self.say(
            f"{long}×{depth}={first_area}\n{short}-{depth}={rest}\n{rest}×{depth}={second_area}\n{first_area}+{second_area}={area}\n"
        )
        if kind == "area":
            self.say(f"The area is {area} square decimetres.", f"面积是{area}平方分米。")
            return f"{area}00\\ \\text{{cm}}^2"
        volume = area * height
        self.say(f"{product(area, height)}\n")
        self.say(f"The volume is {volume} cubic decimetres.", f"体积是{volume}立方分米。")
        return f"{volume}000\\ \\text{{cm}}^3"

    def derivative(self) -> str:
        facts, kind = self.facts, self.kind
        x = self.asked.subject["x"] if kind else facts["x"]
        columns = facts.get("columns", COLUMNS)
        column = self.asked.subject.get("column") if kind else None
        formula = {
            None: f"h'({x})",
            "entry": f"{column}({x})",
            "sum": f"s'({x})",
            "product": f"f({x})·g({x})",
        }[kind]
        self.wanted(formula, formula)
        self.say("Let me read the table row by row.\n", "我逐行读表。\n")
        self.read(
            [
                Piece("x"),
                *(part for name in columns for part in (Piece(" "), Piece(name, f"heading {name}"))),
                Piece("\n"),
            ]
        )
        first = []
        for index, row in enumerate(facts["table"]):
            cells = [Piece(str(row[name]), f"{name} {index}") for name in columns]
            self.read([Piece("x="), Piece(str(row["x"]), f"x {index}"), Piece(":")])
            for cell in cells:
                self.read([Piece(" "), cell])
            self.say("\n")
            if row["x"] == x:
                asked, number, first = row, index, cells
        names = (
            columns if kind is None else {"entry": [column], "sum": ["f'", "g'"], "product": ["f", "g"]}[kind]
        )
        self.say(f"Let me double-check x={x}:", f"再核对一遍x={x}：")
        again = [
            part
            for name in names
            for part in (Piece(f" {name}="), Piece(str(asked[name]), f"{name} {number}"))
        ]
        self.check(first, [*again, Piece("." if not self.chinese else "。")], self.misread_number)
        if kind == "entry":
            return str(asked[names[0]])
        if kind == "sum":
            first_prime, second_prime = asked["f'"], asked["g'"]
            total = first_prime + second_prime
            self.say("Sum rule: s'=f'+g'\n", "和的导数：s'=f'+g'\n")
            self.say(f"{first_prime}{second_prime:+d}={total}")
            return str(total)
        if kind == "product":
            result = asked["f"] * asked["g"]
            self.say(f"{asked['f']}·{asked['g']}={result}")
            return str(result)
        self.say("Product rule: h'=f'g+fg'\n", "乘积的导数：h'=f'g+fg'\n")
        self.say("\n".join(product_rule(asked["f"], asked["g"], asked["f'"], asked["g'"])))
        return facts["answer"]


def search(values: list[str], language: str, lowest: bool) -> str:
    """Looks for the lowest or the highest of `values`."""
    wanted = {
        "en": f"Which is the {'lowest' if lowest else 'highest'}?",
        "zh": f"哪个{'最低' if lowest else '最高'}？",
    }[language]
    return "\n".join([wanted, *comparisons(values, lowest)])


def comparisons(values: list[str], lowest: bool = False) -> list[str]:
    """Finds the largest (or lowest) of `values` pair by pair: the better of a pair is named and meets the next value."""
    best, lines = values[0], []
    for value in values[1:]:
        sign = "=" if float(best) == float(value) else ">" if float(best) > float(value) else "<"
        better = (min if lowest else max)(best, value, key=float)
        lines.append(f"{best}{sign}{value}: {better}")
        best = better
    return lines


def product(number: int, digit: int) -> str:
    """`number` × `digit`, worked out from the last digit with the carry: "351×9: 9; 45+0=45; 27+4=31; 3159"."""
    steps, carry = [], 0
    for character in reversed(str(number)):
        partial = int(character) * digit
        total = partial + carry
        steps.append(f"{partial}+{carry}={total}" if steps else f"{total}")
        carry = total // 10
    return f"{number}×{digit}: {'; '.join(steps)}; {number * digit}"


def product_rule(f: int, g: int, f_prime: int, g_prime: int) -> list[str]:
    """The three lines of arithmetic behind h' = f'g + fg'."""
    first, second = f_prime * g, f * g_prime
    return [
        f"f'g={f_prime}·{g}={first}",
        f"fg'={f}·{g_prime}={second}",
        f"{first}{second:+d}={first + second}",
    ]
