"""A row of regular polygons that follows one rule: which shape comes next?"""

from itertools import permutations
from math import cos, pi, sin
from random import Random

from qvq_nb.cases.drawing import Canvas, Style
from qvq_nb.cases.scenes.find import COLORS
from qvq_nb.grading.text import Text

WIDTH, HEIGHT = 504, 112  # pixels
MARGIN = 12  # pixels left free on the left and on the right
LARGEST_RADIUS = 36  # pixels from the middle of a polygon to its corners
FEWEST, MOST, MOST_EASY = 3, 10, 8  # sides of a polygon
# By the number of sides: what a polygon is called, the usual name of each language first.
NAMES = {
    3: (("triangle", "equilateral triangle", "3-gon"), ("三角形", "等边三角形", "正三角形")),
    4: (("square", "quadrilateral", "4-gon"), ("正方形", "四边形", "正四边形")),
    5: (("pentagon", "regular pentagon", "5-gon"), ("五边形", "正五边形")),
    6: (("hexagon", "regular hexagon", "6-gon"), ("六边形", "正六边形")),
    7: (("heptagon", "regular heptagon", "septagon", "7-gon"), ("七边形", "正七边形")),
    8: (("octagon", "regular octagon", "8-gon"), ("八边形", "正八边形")),
    9: (("nonagon", "regular nonagon", "enneagon", "9-gon"), ("九边形", "正九边形")),
    10: (("decagon", "regular decagon", "10-gon"), ("十边形", "正十边形")),
}  # fmt: skip


def side_rows(count: int, most: int) -> dict[str, set[tuple[int, ...]]]:
    """By the kind of rule, every row of `count` numbers of sides up to `most` that it gives.

    One side more or fewer each time, or every second time, or two or three polygons in turn.
    """
    sides = range(FEWEST, most + 1)
    places = range(count)
    rows = {
        "steps": {tuple(first + step * k for k in places) for first in sides for step in (-1, 1)},
        "pairs": {
            tuple(first + step * ((k + late) // 2) for k in places)
            for first in sides
            for step in (-1, 1)
            for late in (0, 1)
        },
        "two in turn": rows_in_turn(sides, 2, count),
        "three in turn": rows_in_turn(sides, 3, count),
    }
    return {kind: {row for row in some if set(row) <= set(sides)} for kind, some in rows.items()}


def rows_in_turn(things, period: int, count: int) -> set[tuple]:
    """Every row of `count` in which `period` different things come one after another, over and over."""
    return {tuple(some[place % period] for place in range(count)) for some in permutations(things, period)}


def _facts(sides: tuple[int, ...], colors: tuple[str, ...] | None = None) -> dict:
    """Whole rows; the last place of each is what is asked."""
    answer = {"sides": sides[-1], "color": colors and colors[-1]}
    return {"sides": list(sides[:-1]), "colors": colors and list(colors[:-1]), "answer": answer}


CANONICAL = _facts((3, 4, 5, 6, 7, 8))


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh row of five polygons of one colour; if `wide`, of five to seven, and colours in turn.

    No other row of the rules begins like it, so that only one polygon can come next.
    """
    count, most = (random.randint(6, 8), MOST) if wide else (6, MOST_EASY)
    kinds = side_rows(count, most)
    all_rows = set().union(*kinds.values())
    while True:
        sides = random.choice(sorted(random.choice(list(kinds.values()))))
        if sum(row[:-1] == sides[:-1] for row in all_rows) == 1:
            break
    if not wide:
        return _facts(sides)
    period = random.choice((1, 2, 3))
    return _facts(sides, random.choice(sorted(rows_in_turn(COLORS, period, count))))


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The polygons in a row, each on a flat side, and a question mark at the end."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    dx, dy = style.shift
    step = (WIDTH - 2 * MARGIN) / (len(facts["sides"]) + 1)
    radius = min(LARGEST_RADIUS, step / 2 - 4)
    y = HEIGHT / 2 + dy
    for place, sides in enumerate(facts["sides"]):
        x = MARGIN + step * (place + 0.5) + dx
        fill = COLORS[facts["colors"][place]][0] if facts["colors"] else style.palette[0]
        first = pi / 2 + (0 if sides % 2 else pi / sides)
        turns = [first + 2 * pi * corner / sides for corner in range(sides)]
        corners = [(x + radius * cos(turn), y - radius * sin(turn)) for turn in turns]
        canvas.polygon(corners, fill, style.ink, 1)
    x = MARGIN + step * (len(facts["sides"]) + 0.5) + dx
    canvas.text(x, y, "?", 28, style.accent, bold=True, align="center", key="asked")
    return canvas


def question(facts: dict, language: str) -> str:
    """Asks for the next polygon, and for its colour where there are several."""
    return {
        False: ("Which shape comes next?", "下一个是什么图形？"),
        True: ("Which shape comes next, and in which colour?", "下一个是什么颜色的什么图形？"),
    }[bool(facts["colors"])][language == "zh"]


def target(facts: dict, language: str) -> Text:
    """The name of the polygon, such as "hexagon" or "red hexagon"; any other one is wrong."""
    colors = list(COLORS) if facts["colors"] else [None]
    called = {(color, sides): _called(color, sides) for color in colors for sides in NAMES}
    right = called.pop((facts["answer"]["color"], facts["answer"]["sides"]))
    expected = right[language][0]
    accepts = [name for names in right.values() for name in names if name != expected]
    others = [name for both in called.values() for names in both.values() for name in names]
    return Text(expected, tuple(accepts), tuple(others))


def _called(color: str | None, sides: int) -> dict[str, list[str]]:
    """By language, what a polygon may be called, with its colour in front if it has one."""
    english, chinese = NAMES[sides]
    if color is None:
        return {"en": list(english), "zh": list(chinese)}
    _, in_english, in_chinese = COLORS[color]
    return {
        "en": [f"{in_english} {name}" for name in english],
        "zh": [f"{in_chinese}{link}{name}" for link in ("", "的") for name in chinese],
    }
