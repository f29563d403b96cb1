"""A curve of semicircles above and below the x axis, whose integral is a multiple of π."""

from fractions import Fraction
from math import cos, pi, sin
from random import Random

from qvq_nb.cases.drawing import Canvas, Style, mix
from qvq_nb.grading.pi_multiple import PiMultiple

WIDTH, HEIGHT = 392, 252  # pixels
LEFT, TOP, RIGHT, BOTTOM = 30, 40, 352, 212  # the curve's room in pixels, without the style's shift
LARGEST_UNIT = 50  # pixels for a length of 1
SMALLEST_STEP = 28  # pixels between two numbers on the axis


def _facts(semicircles: list[tuple[float, bool]]) -> dict:
    halves = sum((1 if above else -1) * Fraction(radius) ** 2 for radius, above in semicircles)
    return {
        "semicircles": [{"radius": radius, "above": above} for radius, above in semicircles],
        "end": int(sum(2 * radius for radius, _ in semicircles)),
        "answer": str(halves / 2),  # as a multiple of π
    }


CANONICAL = _facts([(3, True), (2, False), (1, True)])


def sample(random: Random, wide: bool = False) -> dict:
    """Two or three semicircles with radii 1 to 4 and an integral that is not 0; wide: 2 to 5, 0.5 to 6."""
    while True:
        count = random.randint(2, 5 if wide else 3)
        radii = [random.randint(1, 12) / 2 if wide else random.randint(1, 4) for _ in range(count)]
        facts = _facts([(radius, random.random() < 0.5) for radius in radii])
        readable = 2 * min(radii) * _unit(facts) >= SMALLEST_STEP
        if readable and (wide or facts["answer"] != "0"):
            return facts


def _heights(facts: dict) -> tuple[float, float]:
    """How far the curve goes above and below the axis, in its own unit."""
    above, below = (
        max((one["radius"] for one in facts["semicircles"] if one["above"] is side), default=0)
        for side in (True, False)
    )
    return above, below


def _unit(facts: dict) -> float:
    """The pixels for a length of 1, the same along both axes."""
    return min((RIGHT - LEFT) / facts["end"], (BOTTOM - TOP) / sum(_heights(facts)), LARGEST_UNIT)


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The curve and the axes; the ends of the semicircles have their numbers in a row below."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    dx, dy = style.shift
    unit, (above, below) = _unit(facts), _heights(facts)
    axis = dy + (TOP + BOTTOM + (above - below) * unit) / 2
    start, row = dx + (LEFT + RIGHT - facts["end"] * unit) / 2, BOTTOM + 20 + dy
    ends = [0]
    for one in facts["semicircles"]:
        ends.append(ends[-1] + int(2 * one["radius"]))
    faint = mix(style.ink, style.paper, 0.7)
    for end in ends:
        x = start + end * unit
        canvas.line([(x, axis), (x, row - 12)], faint, width=1)
        canvas.line([(x, axis - 4), (x, axis + 4)])
        canvas.text(x, row, str(end), style.text_size, align="center", key=f"end {end}")
    canvas.arrow([(start - 14, axis), (RIGHT + 16 + dx, axis)])
    canvas.text(RIGHT + 20 + dx, axis, "x", style.text_size)
    canvas.arrow([(start, row - 12), (start, TOP - 16 + dy)])
    canvas.text(start - 8, TOP - 12 + dy, "y", style.text_size, align="right")
    for left, one in zip(ends, facts["semicircles"]):
        radius, side = one["radius"] * unit, -1 if one["above"] else 1
        middle = start + left * unit + radius
        angles = [pi * step / 60 for step in range(61)]
        points = [(middle - radius * cos(angle), axis + side * radius * sin(angle)) for angle in angles]
        canvas.line(points, style.accent, style.line_width + 1)
    told = {"en": "y = f(x), semicircles", "zh": "y = f(x)，由半圆组成"}[language]
    canvas.text(RIGHT + 16 + dx, TOP - 20 + dy, told, style.text_size, style.accent, align="right")
    return canvas


def question(facts: dict, language: str) -> str:
    """Asks for the integral over the whole curve."""
    return {
        "en": f"What is the integral of f from 0 to {facts['end']}?",
        "zh": f"f 从 0 到 {facts['end']} 的积分是多少？",
    }[language]


ONE_SIDE = (  # of the axis, which is not the integral
    *(f"{side} the {line} {alone}" for side in ("above", "below") for line in ("axis", "x-axis")
      for alone in ("only", "alone")),
    *("only above", "only below", "轴上方的面积", "轴下方的面积", "只算上方", "只算下方"),
)  # fmt: skip


def target(facts: dict, language: str) -> PiMultiple:
    """The areas of the half discs, those below the axis taken away."""
    return PiMultiple(facts["answer"], others=ONE_SIDE)
