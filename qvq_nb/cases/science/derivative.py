"""A table of f, g, f' and g' from which the derivative of a product is found."""

from random import Random

from qvq_nb.cases.drawing import Canvas, Style, mix
from qvq_nb.cases.scope import Scope, Topic
from qvq_nb.grading.number import Number

WIDTH, HEIGHT = 364, 224  # pixels
COLUMNS = ("f", "g", "f'", "g'")


def _facts(x: int, table: list[dict]) -> dict:
    row = next(row for row in table if row["x"] == x)
    return {"x": x, "table": table, "answer": str(row["f'"] * row["g"] + row["f"] * row["g'"])}


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
    """Facts of a fresh table of whole numbers from -12 to 12, of one digit in the row that is asked for."""
    asked = random.randint(-2, 2)
    table = []
    for x in range(-2, 3):
        limit = 9 if x == asked or random.random() < 0.7 else 12
        table.append({"x": x, **{column: random.randint(-limit, limit) for column in COLUMNS}})
    return _facts(asked, table)


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The table, one row for each x."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    dx, dy = style.shift
    left, top, right, bottom = 14 + dx, 12 + dy, WIDTH - 14 + dx, HEIGHT - 12 + dy
    column_width, row_height = (right - left) / 5, (bottom - top) / 6
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
    for y in (top + row_height * index for index in range(7)):
        canvas.line([(left, y), (right, y)], width=1)
    for x in (left + column_width * index for index in (0, 1, 5)):
        canvas.line([(x, top), (x, bottom)], width=1)
    return canvas


def question(facts: dict, language: str) -> str:
    """Asks for h'(x) at the chosen x, where h is the product of f and g."""
    x = facts["x"]
    return {
        "en": f"Given h(x) = f(x) · g(x), find h'({x}) using the table below.",
        "zh": f"已知 h(x) = f(x) · g(x)，根据下表求 h'({x})。",
    }[language]


def target(facts: dict, language: str) -> Number:
    """The value of h'(x)."""
    return Number(facts["answer"])


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
    subject = {"x": row["x"]}
    if kind == "entry":
        subject["column"] = random.choice(COLUMNS)
        value = row[subject["column"]]
    else:
        value = row["f'"] + row["g'"] if kind == "sum" else row["f"] * row["g"]
    return subject, {}, Number(str(value))


SCOPE = Scope(
    does={"en": "differentiate with a table of f, g, f' and g'", "zh": "用 f、g、f'、g' 的表格求导数"},
    en=Topic("derivative differentiate", "f g h fg gf", "prime x 0 1 2 3 4 5 6 7 8 9"),
    zh=Topic("导数 求导 斜率"),
    patterns=(r"\b[fghs]\s*(?:prime)?\s*\(\s*(?:x|-?\d+)\s*\)|\(\s*f\s*[-+·*×]?\s*g\s*\)|\b[fgh] prime",),
    not_shown=(r"\bsecond derivative\b|\^|\b(?:sin|cos|tan|log|ln)\b", "二阶"),
)
