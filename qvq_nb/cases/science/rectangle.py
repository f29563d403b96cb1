"""A rectangle cut by lines from two neighbouring corners: how likely is a random point in one part?"""

from fractions import Fraction
from math import cos, hypot, pi, sin
from random import Random

from qvq_nb.cases.drawing import Canvas, Style, mix
from qvq_nb.cases.names import CAPITALS
from qvq_nb.grading.number import Number

WIDTH, HEIGHT = 392, 280  # pixels
LEFT, TOP, RIGHT, BOTTOM = 66, 38, 326, 204  # the rectangle in pixels, without the style's shift
APART = 15  # pixels from a point to its letter
LEAST_ROOM = 10  # pixels from the letter at the crossing to every line
EASY_SHARES = ("1/2", "1/3", "1/4", "2/3", "3/4")
PARTS = ("ABO", "AFO", "BCEO", "DEOF")


def _facts(e: str, f: str, letters="ABCDEFO", part="ABO", turned=0, mirrored=False) -> dict:
    """The shares DE : DC and AF : AD, what A, B, C, D, E, F, O are called here, and how the sheet is turned.

    Where AE and BF meet, the height of triangle ABO is f / (1 + e f) of the rectangle's.
    """
    below = Fraction(f) / (1 + Fraction(e) * Fraction(f)) / 2
    beside = Fraction(f) / 2 - below
    left = Fraction(e) / 2 - beside
    shares = dict(zip(PARTS, (below, beside, 1 - below - beside - left, left)))
    place = {"turned": turned, "mirrored": mirrored}
    return {"e": e, "f": f, "letters": letters, "part": part, **place, "answer": str(shares[part])}


CANONICAL = _facts("1/3", "3/4")


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh rectangle, its names moved on; wide: any names, shares up to ninths, any part."""
    if not wide:
        first, step = random.randrange(4), random.choice((1, -1))
        corners = "".join("ABCD"[(first + step * place) % 4] for place in range(4))
        return _facts(random.choice(EASY_SHARES), random.choice(EASY_SHARES), corners + "EFO")
    while True:
        e, f = (Fraction(random.randint(1, whole - 1), whole) for whole in random.choices(range(2, 10), k=2))
        letters, part = "".join(random.sample(CAPITALS, 6)) + "O", random.choice(PARTS)
        facts = _facts(str(e), str(f), letters, part, random.randrange(4), random.random() < 0.5)
        at = _places(facts)
        if _clearance(_beside_crossing(at), at) >= LEAST_ROOM:
            return facts


def _places(facts: dict) -> dict[str, tuple[float, float]]:
    """Where A, B, C, D, E, F and O lie in pixels, without the style's shift."""
    e, f = float(Fraction(facts["e"])), float(Fraction(facts["f"]))
    height = f / (1 + e * f)
    corners = {"A": (0, 0), "B": (1, 0), "C": (1, 1), "D": (0, 1)}
    places = {}
    for name, (x, y) in {**corners, "E": (e, 1), "F": (0, f), "O": (e * height, height)}.items():
        x = 1 - x if facts["mirrored"] else x
        for _ in range(facts["turned"]):
            x, y = 1 - y, x
        places[name] = LEFT + x * (RIGHT - LEFT), BOTTOM - y * (BOTTOM - TOP)
    return places


def _beside_crossing(at: dict) -> tuple[float, float]:
    """The place round O for its letter with the most room."""
    x, y = at["O"]
    turns = [2 * pi * step / 48 for step in range(48)]
    round_it = [(x + APART * cos(turn), y + APART * sin(turn)) for turn in turns]
    return max(round_it, key=lambda place: _clearance(place, at))


def _clearance(place: tuple[float, float], at: dict) -> float:
    """How many pixels lie between a place and the nearest line."""
    distances = []
    for start, end in ("AB", "BC", "CD", "DA", "AE", "BF"):
        (x, y), (x1, y1) = at[start], at[end]
        along = ((place[0] - x) * (x1 - x) + (place[1] - y) * (y1 - y)) / hypot(x1 - x, y1 - y) ** 2
        along = min(max(along, 0), 1)
        distances.append(hypot(place[0] - x - along * (x1 - x), place[1] - y - along * (y1 - y)))
    return min(distances)


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The rectangle true to its shares, with two lines, a letter at each point, and the ratios below."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    dx, dy = style.shift
    at = {name: (x + dx, y + dy) for name, (x, y) in _places(facts).items()}
    called = dict(zip("ABCDEFO", facts["letters"]))
    corners, white = [at[name] for name in "ABCD"], (255, 255, 255)
    canvas.polygon(corners, mix(white, style.palette[0], 0.2))
    canvas.polygon([at[name] for name in facts["part"]], mix(white, style.palette[1], 0.6))
    for start, end in ("AE", "BF"):
        canvas.line([at[start], at[end]], style.accent)
    canvas.line([*corners, *corners[:2]])
    for name, (x, y) in at.items():
        canvas.ellipse(x - 2.5, y - 2.5, x + 2.5, y + 2.5, style.ink)
        canvas.mark(f"place {called[name]}", called[name], x, y)
        # Outside, away from the sides on which the point lies.
        outside = [
            value + APART * ((value > high - 1) - (value < low + 1))
            for value, low, high in ((x, LEFT + dx, RIGHT + dx), (y, TOP + dy, BOTTOM + dy))
        ]
        letter = _beside_crossing(at) if name == "O" else outside
        canvas.text(*letter, called[name], align="center", key=f"letter {called[name]}")
    for x, share, (start, middle, end) in ((WIDTH / 4, "e", "DEC"), (3 * WIDTH / 4, "f", "AFD")):
        start, middle, end = called[start], called[middle], called[end]
        part = Fraction(facts[share])
        ratio = f"{part.numerator} : {part.denominator - part.numerator}"
        told = f"{start}{middle} : {middle}{end} = {ratio}"
        canvas.text(x + dx, BOTTOM + 44 + dy, told, align="center", key=f"ratio {middle}")
    return canvas


def question(facts: dict, language: str) -> str:
    """Asks for the probability of one part."""
    called = dict(zip("ABCDEFO", facts["letters"]))
    part = "".join(called[name] for name in facts["part"])
    english, chinese = ("triangle", "三角形") if len(part) == 3 else ("quadrilateral", "四边形")
    return {
        "en": f"What is the probability that a random point of the rectangle lies in {english} {part}?",
        "zh": f"在长方形内随机取一点，它落在{chinese} {part} 内的概率是多少？",
    }[language]


NOT_THE_SHARE = ("miss", "outside", "elsewhere", "of the triangle", "外", "三角形的")


def target(facts: dict, language: str) -> Number:
    """The share of the area, a fraction."""
    return Number(facts["answer"], others=NOT_THE_SHARE)
