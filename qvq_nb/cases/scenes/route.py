"""A map with two routes from A to B: which of them is shorter, and by how much?"""

from decimal import Decimal
from random import Random

from qvq_nb.cases.drawing import Canvas, Style, mix, text_width
from qvq_nb.grading.number import Number
from qvq_nb.grading.several import Several
from qvq_nb.grading.text import Text

WIDTH, HEIGHT = 448, 280  # pixels
MIDDLE = 140  # y of A and B
FIRST, LAST = 40, 408  # x of A and B
# How each unit is written beside a leg, and what is asked, in English and in Chinese.
UNITS = {
    "min": ((" min", " 分钟"), ("quicker, and by how many minutes", "更快，快多少分钟")),
    "km": ((" km", " 公里"), ("shorter, and by how many kilometres", "更短，短多少公里")),
}
ACCEPTS = {
    "min": ("min", "mins", "minutes", "minute", "quicker", "faster", "分钟", "分"),
    "km": ("km", "kilometres", "kilometers", "kilometre", "kilometer", "shorter", "公里", "千米"),
}
MORE = ("slower", "慢")
# What the first, upper, and the second, lower route may be called.
CALLED = (
    ("1", "route 1", "the first", "first route", "upper route", "路线1", "路线一", "第一条", "第1条", "上面"),
    (
        "2",
        "route 2",
        "the second",
        "second route",
        "lower route",
        "路线2",
        "路线二",
        "第二条",
        "第2条",
        "下面",
    ),
)


def _facts(unit: str, routes: list[list[str]], bends: list[list[int]]) -> dict:
    """`routes` are the lengths of each one's legs, `bends` how many pixels its stops lie from the middle."""
    first, second = (sum(map(Decimal, legs)) for legs in routes)
    which, less = (1, second - first) if first < second else (2, first - second)
    facts = {"unit": unit, "routes": routes, "bends": bends, "which": which, "less": str(less)}
    return {**facts, "answer": f"{which}, {less}"}


CANONICAL = _facts("min", [["12", "8", "15"], ["20", "18"]], [[76, 88], [84]])


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh map: two or three legs of up to 30; wide ones two to four, up to 999 or in tenths."""
    most, tenths = (random.choice((30, 99, 999)), random.random() < 0.5) if wide else (30, False)
    while True:
        counts = [random.randint(2, 4 if wide else 3) for _ in range(2)]
        numbers = [[random.randint(2, most) for _ in range(count)] for count in counts]
        if sum(numbers[0]) == sum(numbers[1]):
            continue
        routes = [[f"{one / 10:.1f}" if tenths else str(one) for one in legs] for legs in numbers]
        bends = [[random.randint(64, 92) for _ in range(count - 1)] for count in counts]
        return _facts(random.choice(("km",) if tenths else tuple(UNITS)), routes, bends)


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """A on the left, B on the right, one route above and one below, each leg with its length."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    dx, dy = style.shift
    ends = [(FIRST + dx, MIDDLE + dy), (LAST + dx, MIDDLE + dy)]
    unit = UNITS[facts["unit"]][0][language == "zh"]
    name = {"en": "route {}", "zh": "路线 {}"}[language]
    for number, (legs, bends) in enumerate(zip(facts["routes"], facts["bends"])):
        side, color = (-1, 1)[number], mix(style.palette[number], style.ink, 0.15)
        step = (LAST - FIRST) / len(legs)
        stops = [(FIRST + step * (at + 1) + dx, MIDDLE + side * bend + dy) for at, bend in enumerate(bends)]
        points = [ends[0], *stops, ends[1]]
        canvas.line(points, color, 6)
        for x, y in stops:
            canvas.ellipse(x - 6, y - 6, x + 6, y + 6, style.paper, style.ink)
        for leg, (start, end) in enumerate(zip(points, points[1:])):
            _label(canvas, start, end, legs[leg] + unit, f"leg {number} {leg}")
        canvas.text(
            WIDTH / 2 + dx,
            MIDDLE + side * 24 + dy,
            name.format(number + 1),
            fill=mix(color, style.ink, 0.5),
            align="center",
        )
    for letter, (x, y) in zip("AB", ends):
        canvas.ellipse(x - 16, y - 16, x + 16, y + 16, style.accent, style.ink)
        canvas.text(x, y, letter, 18, (255, 255, 255), bold=True, align="center", key=letter)
    return canvas


def _label(canvas: Canvas, start, end, text: str, key: str) -> None:
    """A text on a little sheet in the middle of a leg."""
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    half = text_width(text, 16) / 2 + 4
    canvas.rectangle(x - half, y - 11, x + half, y + 11, canvas.style.paper, canvas.style.ink, 1, radius=4)
    canvas.text(x, y, text, 16, align="center", key=key)


def question(facts: dict, language: str) -> str:
    """Asks for both: which route, and the difference."""
    english, chinese = UNITS[facts["unit"]][1]
    return {"en": f"Which route from A to B is {english}?", "zh": f"从 A 到 B 走哪条路线{chinese}？"}[
        language
    ]


def target(facts: dict, language: str) -> Several:
    """The number of the route, 1 or 2, and the difference."""
    right, other = CALLED if facts["which"] == 1 else CALLED[::-1]
    which, less = {"en": ("which route", "the difference"), "zh": ("哪条路线", "差多少")}[language]
    return Several(
        (
            (which, Text(right[0], accepts=right[1:], others=other)),
            (less, Number(facts["less"], accepts=ACCEPTS[facts["unit"]], others=MORE)),
        )
    )
