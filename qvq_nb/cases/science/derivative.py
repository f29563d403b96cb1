"""A table of f, g, f' and g' from which the derivative of a product, quotient, sum or chain is found."""

from decimal import Decimal
from fractions import Fraction
from random import Random

from qvq_nb.cases.drawing import Canvas, Style, mix
from qvq_nb.cases.scope import Scope, Topic
from qvq_nb.grading.number import Number

WIDTH, MOST_HEIGHT = 364, 280  # pixels
ROW_HEIGHT = 33  # pixels, less only where the picture would be too high
FORMULAS = {"product": "f(x) · g(x)", "quotient": "f(x) / g(x)", "sum": "f(x) + g(x)", "chain": "f(g(x))"}
COLUMNS = ("f", "g", "f'", "g'")


def _facts(x: int, table: list[dict], rule: str = "product") -> dict:
    return {"x": x, "table": table, "answer": _written(_slope(x, table, rule))}


def _slope(x: int, table: list[dict], rule: str) -> Fraction:
    """h'(x) by the rule, exactly; the chain rule needs a row of the table at g(x)."""
    rows = {row["x"]: {column: Fraction(str(row[column])) for column in COLUMNS} for row in table}
    f, g, f_slope, g_slope = rows[x].values()
    if rule == "sum":
        return f_slope + g_slope
    if rule == "chain":
        return rows[g]["f'"] * g_slope
    if rule == "quotient":
        return (f_slope * g - f * g_slope) / g**2
    return f_slope * g + f * g_slope


def _written(value: Fraction) -> str:
    """A whole number or terminating decimal in digits."""
    return f"{Decimal(value.numerator) / value.denominator:f}"


CANONICAL = _facts(
    2,
    [
        {"x": -2, "f": 4, "g": -11, "f'": -1, "g'": 9},
        {"x": -1, "f": 5, "g": -2, "f'": 3, "g'": 8},
        {"x": 0, "f": 7, "g": -1, "f'": 2, "g'": -6},
        {"x": 1, "f": 1, "g": -2, "f'": -5, "g'": 3},
        {"x": 2, "f": -3, "g": 1, "f'": -8, "g'": 7},
    ],
)


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh table of whole numbers from -12 to 12, of one digit in the row that is asked for.

    A `wide` one has 2 to 8 rows at any x, values up to ±99 of which some have a decimal, and any rule.
    """
    if wide:
        return _wide_facts(random)
    asked = random.randint(-2, 2)
    table = []
    for x in range(-2, 3):
        limit = 9 if x == asked or random.random() < 0.7 else 12
        table.append({"x": x, **{column: random.randint(-limit, limit) for column in COLUMNS}})
    return _facts(asked, table)


def _wide_facts(random: Random) -> dict:
    """Drawn again until the slope exists and is a decimal of at most four places."""
    rule = random.choice(tuple(FORMULAS))
    count, limit, with_decimals = random.randint(2, 8), random.choice((9, 30, 99)), random.random() < 0.4
    first = random.randint(-99, 99 - count)
    xs = random.choice((range(first, first + count), sorted(random.sample(range(-99, 100), count))))
    while True:
        table = [
            {"x": x, **{column: _wide_value(random, limit, with_decimals) for column in COLUMNS}} for x in xs
        ]
        row = random.choice(table)
        if rule == "chain":
            row["g"] = random.choice([x for x in xs if x != row["x"]])
        if rule == "quotient" and (row["g"] == 0 or 10_000 % _slope(row["x"], table, rule).denominator):
            continue
        return {"rule": rule, **_facts(row["x"], table, rule)}


def _wide_value(random: Random, limit: int, with_decimals: bool) -> int | float:
    if with_decimals and random.random() < 0.4:
        return (random.randint(-limit, limit - 1) * 10 + random.randint(1, 9)) / 10
    return random.randint(-limit, limit)


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The table, one row for each x."""
    lines = len(facts["table"]) + 1
    height = min(-(-(24 + ROW_HEIGHT * lines) // 28) * 28, MOST_HEIGHT)
    canvas = Canvas(WIDTH, height, style, scale)
    dx, dy = style.shift
    left, top, right, bottom = 14 + dx, 12 + dy, WIDTH - 14 + dx, height - 12 + dy
    column_width, row_height = (right - left) / 5, (bottom - top) / lines
    tint = mix((255, 255, 255), style.palette[0], 0.25)
    canvas.rectangle(left, top, right, top + row_height, fill=tint)
    rows = [("x", *(f"{column}(x)" for column in COLUMNS))]
    rows += [(str(row["x"]), *(str(row[column]) for column in COLUMNS)) for row in facts["table"]]
    size = style.text_size + 1
    for row_index, row in enumerate(rows):
        for column_index, (name, text) in enumerate(zip(("x", *COLUMNS), row)):
            x, y = left + column_width * (column_index + 0.5), top + row_height * (row_index + 0.5)
            key = f"{name} {row_index - 1}" if row_index else f"heading {name}"
            bold = row_index == 0 or column_index == 0
            canvas.text(x, y, text, size, bold=bold, align="center", key=key)
    for y in (top + row_height * index for index in range(lines + 1)):
        canvas.line([(left, y), (right, y)], width=1)
    for x in (left + column_width * index for index in (0, 1, 5)):
        canvas.line([(x, top), (x, bottom)], width=1)
    return canvas


def question(facts: dict, language: str) -> str:
    """Asks for h'(x) at the chosen x, where h is the product of f and g or what else the rule says."""
    x, formula = facts["x"], FORMULAS[facts.get("rule", "product")]
    return {
        "en": f"Given h(x) = {formula}, find h'({x}) using the table below.",
        "zh": f"已知 h(x) = {formula}，根据下表求 h'({x})。",
    }[language]


def target(facts: dict, language: str) -> Number:
    """The value of h'(x)."""
    return Number(facts["answer"], symbol=f"h'({facts['x']})")


FOLLOW_UPS = {
    "entry": (("What is {column}({x})?", "Read {column}({x}) from the table.",
               "Which value has {column} at x = {x}?"),
              ("{column}({x}) 是多少？", "从表中读出 {column}({x})。", "{column} 在 x = {x} 处的值是多少？")),
    "sum": (("Given s(x) = f(x) + g(x), find s'({x}) using the table.", "What is (f + g)'({x})?",
             "What is the derivative of f + g at x = {x}?"),
            ("已知 s(x) = f(x) + g(x)，根据表格求 s'({x})。", "(f + g)'({x}) 等于多少？",
             "f + g 在 x = {x} 处的导数是多少？")),
    "product": (("What is f({x}) · g({x})?", "Compute the product f({x})g({x}).",
                 "Multiply f({x}) by g({x})."),
                ("f({x}) · g({x}) 等于多少？", "计算乘积 f({x})g({x})。", "f({x}) 乘以 g({x}) 是多少？")),
}  # fmt: skip


def follow_up(kind: str, facts: dict, language: str, random: Random) -> tuple[dict, dict, Number]:
    """An entry, a sum's derivative or a product at one x: what is asked about, its words, the target."""
    row = random.choice(facts["table"])
    value = {column: Fraction(str(row[column])) for column in COLUMNS}
    subject = {"x": row["x"]}
    if kind == "entry":
        subject["column"] = random.choice(COLUMNS)
        asked = value[subject["column"]]
    else:
        asked = value["f'"] + value["g'"] if kind == "sum" else value["f"] * value["g"]
    return subject, {}, Number(_written(asked))


SCOPE = Scope(
    does={"en": "differentiate with a table of f, g, f' and g'", "zh": "用 f、g、f'、g' 的表格求导数"},
    en=Topic("derivative differentiate", "f g h fg gf", "prime x 0 1 2 3 4 5 6 7 8 9"),
    zh=Topic("导数 求导 斜率"),
    patterns=(r"\b[fghs]\s*(?:prime)?\s*\(\s*(?:x|-?\d+)\s*\)|\(\s*f\s*[-+·*×]?\s*g\s*\)|\b[fgh] prime",),
    not_shown=(r"\bsecond derivative\b|\^|\b(?:sin|cos|tan|log|ln)\b", "二阶"),
)
