"""Tables of derivatives, as qvq-mini learns them: all rows read, the one at x twice, then the rule."""

from random import Random

from qvq_mini import typefaces
from qvq_mini.families.layouts import tables
from qvq_mini.thinking import Piece, Writer, product_rule
from qvq_nb.cases.drawing import Canvas
from qvq_nb.cases.science.derivative import COLUMNS

WEIGHT, OTHER_LOOKS_SHARE = 2.4, 0.7
THING = {"en": "table", "zh": "表格"}
STATED = r"-?\d+"
OTHER_COLUMNS = (COLUMNS, COLUMNS, ("f", "f'", "g", "g'"), ("f", "g", "g'", "f'"))
WORDINGS = {
    "en": (
        "If h(x) = f(x)g(x), what is h'({x})?",
        "Let h = f · g. Use the table to compute h'({x}).",
        "The function h is the product of f and g. What is h'({x})?",
        "Compute h'({x}) for h(x) = f(x) · g(x).",
        "What is the derivative of f · g at x = {x}?",
        "Find (f · g)'({x}) from the table.",
        "Using the table, find h'({x}), where h(x) = f(x) · g(x).",
        "Given the table, what is the value of h'({x}) if h = f · g?",
        "h(x) = f(x) · g(x). h'({x}) = ?",
        "Please find the derivative of h(x) = f(x) · g(x) at x = {x}.",
        "Use the product rule and the table to find h'({x}).",
    ),
    "zh": (
        "若 h(x) = f(x)g(x)，h'({x}) 等于多少？",
        "设 h = f · g，用表格计算 h'({x})。",
        "函数 h 是 f 与 g 的乘积，h'({x}) 是多少？",
        "计算 h'({x})，其中 h(x) = f(x) · g(x)。",
        "f · g 在 x = {x} 处的导数是多少？",
        "由表求 (f · g)'({x})。",
        "利用表格求 h'({x})，h(x) = f(x) · g(x)。",
        "根据表格，若 h = f · g，h'({x}) 的值是多少？",
        "h(x) = f(x) · g(x)，h'({x}) = ？",
        "请求 h(x) = f(x) · g(x) 在 x = {x} 处的导数。",
        "用乘法法则和表格求 h'({x})。",
    ),
}
PARTS = {  # how it is asked, what is asked for, and where it stands
    "en": (
        ("What is {}?", "Find {}.", "Compute {}.", "Give {}.", "Tell me {}.", "Evaluate {}.",
         "Read the table and give {}."),
        ("h'({x}) for h = f·g", "h'({x}) if h(x) = f(x) · g(x)", "h'({x}), where h is f times g",
         "the derivative of h(x) = f(x)g(x) at {x}", "h'({x}) when h(x) equals f(x)·g(x)",
         "the derivative of f times g at x = {x}"),
        ("", " from the table", " by the product rule", " using the values shown"),
    ),
    "zh": (
        ("{}是多少？", "{}等于几？", "求{}。", "计算{}。", "请给出{}。", "看表求{}。"),
        ("h = f·g 时的 h'({x})", "h(x) = f(x)g(x) 的 h'({x})", "f 乘 g 在 {x} 处的导数",
         "h(x) = f(x) · g(x) 在 x = {x} 的导数", "乘积 f·g 的导数在 {x} 处的值"),
        ("", "由表格", "根据表中的数", "用乘法法则"),
    ),
}  # fmt: skip


def values(facts: dict):
    """The row that is asked for."""
    asked = next(row for row in facts["table"] if row["x"] == facts["x"])
    return {name: value for name, value in asked.items() if name != "x"}


def other_facts(facts: dict, random: Random) -> dict:
    """The same table with its columns in another order, other values of x, and now and then fewer rows."""
    columns = random.choice(OTHER_COLUMNS)
    table = [dict(row) for row in facts["table"]]
    asked = next(index for index, row in enumerate(table) if row["x"] == facts["x"])
    start = random.choice((-2, 0, 0, 1, 1, random.randint(-4, 5)))
    for index, row in enumerate(table):
        row["x"] = start + index
    while len(table) > 3 and random.random() < 0.3:
        drop = random.choice(
            [index for index in range(len(table)) if index != asked][-1:] + [0] * (asked != 0)
        )
        table.pop(drop)
        asked -= drop < asked
    return {**facts, "x": table[asked]["x"], "table": table, "columns": columns}


def think(writer: Writer) -> str:
    """Reads the whole table, what is asked for a second time, and calculates."""
    facts, kind = writer.facts, writer.kind
    x, column = writer.subject.get("x", facts["x"]), writer.subject.get("column")
    columns = facts.get("columns", COLUMNS)
    formula, names = {
        None: (f"h'({x})", columns),
        "entry": (f"{column}({x})", [column]),
        "sum": (f"s'({x})", ["f'", "g'"]),
        "product": (f"f({x})·g({x})", ["f", "g"]),
    }[kind]
    writer.wanted(formula, formula)
    rows = _read_table(writer, columns)
    number, row = next((number, row) for number, row in enumerate(facts["table"]) if row["x"] == x)
    cells = dict(zip(columns, rows[number]))
    writer.say(f"Let me double-check x={x}:", f"再核对一遍x={x}：")
    writer.check(rows[number], [part for name in names for part in (Piece(f" {name}="), cells[name])])
    f, g, f_prime, g_prime = (row[name] for name in COLUMNS)
    if kind == "entry":
        return str(row[column])
    if kind == "sum":
        writer.say("Sum rule: s'=f'+g'\n", "和的导数：s'=f'+g'\n")
        writer.say(f"{f_prime}{g_prime:+d}={f_prime + g_prime}")
        return str(f_prime + g_prime)
    if kind == "product":
        writer.say(f"{f}·{g}={f * g}")
        return str(f * g)
    writer.say("Product rule: h'=f'g+fg'\n", "乘积的导数：h'=f'g+fg'\n")
    writer.say("\n".join(product_rule(f, g, f_prime, g_prime)))
    return facts["answer"]


def _read_table(writer: Writer, columns) -> list[list[Piece]]:
    """Reads the headings, then every row with its x before it; returns the cells of the rows."""
    writer.say("Let me read the table row by row.\n", "我逐行读表。\n")
    headings = [part for name in columns for part in (Piece(" "), Piece(name, f"heading {name}"))]
    writer.read([Piece("x"), *headings, Piece("\n")])
    rows = []
    for index, row in enumerate(writer.facts["table"]):
        rows.append([Piece(str(row[name]), f"{name} {index}") for name in columns])
        writer.read([Piece("x="), Piece(str(row["x"]), f"x {index}"), Piece(":")])
        writer.read([part for cell in rows[-1] for part in (Piece(" "), cell)])
        writer.say("\n")
    return rows


def draw_otherwise(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The table as one of the training's tables, now and then with x along its top."""
    columns = facts.get("columns", COLUMNS)
    prime, minus = random.choice("''′"), random.choice("--−")
    if canvas.style.typeface and canvas.style.typeface[0].name in typefaces.WITHOUT_SIGNS:
        prime, minus = "'", "-"
    brackets = random.choice(("(x)", "(x)", ""))
    rows = [[("x", None), *((name.replace("'", prime) + brackets, f"heading {name}") for name in columns)]]
    for index, row in enumerate(facts["table"]):
        rows.append([(str(row[name]).replace("-", minus), f"{name} {index}") for name in ("x", *columns)])
    if random.random() < 0.22:
        rows = [list(row) for row in zip(*rows)]
    align = random.choice(("center", "center", "right", "left"))
    tables.draw(canvas, rows, random, [align] * len(rows[0]))
