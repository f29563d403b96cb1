"""The flow chart of metal winning as boxes and arrows, planned in pixels for matplotlib and for an SVG."""

import math
from dataclasses import dataclass
from random import Random

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from qvq_mini.foreign.browser import Page, svg, svg_line, svg_text
from qvq_mini.foreign.facts import text_pixels, text_width
from qvq_mini.foreign.plotting import blank, points
from qvq_nb.cases.science import chemistry

STYLES, HAS_CHINESE = ("default",), False
THREE_COLUMNS = {
    "inputs": (0.75, 0.07), "ore": (0.14, 0.25), "crush": (0.45, 0.25), "roast": (0.75, 0.25),
    "gas": (0.93, 0.25), "solid": (0.75, 0.48), "leach": (0.45, 0.48), "residue": (0.45, 0.67),
    "filtrate": (0.14, 0.48), "powder": (0.14, 0.85), "crude": (0.72, 0.77), "last": (0.72, 0.93),
}  # fmt: skip
FOUR_COLUMNS = {
    "inputs": (0.62, 0.1), "ore": (0.1, 0.34), "crush": (0.36, 0.34), "roast": (0.62, 0.34),
    "solid": (0.88, 0.34), "leach": (0.88, 0.67), "residue": (0.88, 0.92), "filtrate": (0.62, 0.67),
    "powder": (0.36, 0.67), "crude": (0.1, 0.57), "last": (0.1, 0.77),
}  # fmt: skip
TWO_COLUMNS = {
    "inputs": (0.12, 0.63), "ore": (0.37, 0.12), "crush": (0.37, 0.38), "roast": (0.37, 0.63),
    "solid": (0.37, 0.88), "leach": (0.72, 0.88), "residue": (0.93, 0.88), "filtrate": (0.72, 0.63),
    "powder": (0.72, 0.38), "crude": (0.6, 0.11), "last": (0.86, 0.11),
}  # fmt: skip
PLACES = (  # the picture's pixels, and where in it the boxes stand, as shares of them
    ((480, 330), THREE_COLUMNS), ((560, 380), THREE_COLUMNS), ((620, 250), FOUR_COLUMNS),
    ((640, 330), TWO_COLUMNS),
)  # fmt: skip
ARROWS = (
    ("ore", "crush"), ("crush", "roast"), ("inputs", "roast"), ("roast", "gas"), ("roast", "solid"),
    ("solid", "leach"), ("leach", "residue"), ("leach", "filtrate"), ("filtrate", "powder"),
    ("powder", "crude"), ("powder", "last"),
)  # fmt: skip
STEPS, RESULTS, BESIDE = (
    ("crush", "roast", "leach", "powder"),
    ("crude", "last"),
    ("inputs", "gas", "residue"),
)


@dataclass
class Box:
    """A text of several lines round (x, y), in pixels."""

    name: str
    x: float
    y: float
    lines: list[str]
    half_width: float
    half_height: float

    def color(self, step: str, substance: str, result: str) -> str:
        """The colour for what the box is."""
        return step if self.name in STEPS else result if self.name in RESULTS else substance


@dataclass
class Plan:
    """The picture's pixels, the size of its type, its boxes, and its arrows as lines through points."""

    width: int
    height: int
    size: int
    boxes: list[Box]
    arrows: list[list[tuple[float, float]]]


def plan(facts: dict, language: str, random: Random) -> Plan:
    """Boxes and arrows: in a snake of three or four columns, or in two columns."""
    (width, height), places = random.choice(PLACES)
    texts = _texts(facts, language)
    if places is TWO_COLUMNS and language == "en":
        texts["inputs"] = texts["inputs"].replace(", ", ",\n")
    size = text_pixels(width, height, random, largest=1.1)
    boxes = {}
    for name, (across, down) in places.items():
        lines = texts[name].split("\n")
        half_width = max(text_width(line, size) for line in lines) / 2 + 0.6 * size
        half_height = (0.62 * len(lines) + 0.4) * size
        x = min(max(across * width, half_width + 3), width - half_width - 3)
        boxes[name] = Box(name, x, down * height, lines, half_width, half_height)
    arrows = [_connection(boxes[start], boxes[end]) for start, end in ARROWS if {start, end} <= set(boxes)]
    return Plan(width, height, size, [*boxes.values()], arrows)


def _texts(facts: dict, language: str) -> dict[str, str]:
    """What each box says, by its name."""
    words, reagent = chemistry.LABELS[language], chemistry.REAGENTS[facts["anion"]]
    return {
        **{name: words[name] for name in ("crush", "gas", "solid", "leach", "residue", "filtrate", "last")},
        "inputs": words["inputs"].format(reagent[language]),
        "ore": chemistry.ORES[facts["ore"]][language],
        "roast": words[reagent["process"]],
        "powder": "\n".join(words["powder"]).format(chemistry.DISPLACERS[facts["displacer"]][language]),
        "crude": words["crude"].format(chemistry.METALS[facts["won"]][language]),
    }


def _connection(start: Box, end: Box) -> list[tuple[float, float]]:
    """From border to border: straight where the boxes stand in line, else round two corners."""
    across, down = end.x - start.x, end.y - start.y
    right, below = math.copysign(1, across), math.copysign(1, down)
    lower, upper = start.y + below * start.half_height, end.y - below * end.half_height
    if abs(across) < min(start.half_width, end.half_width) and abs(down) > start.half_height:
        return [(start.x, lower), (start.x, upper)]
    out, into = start.x + right * start.half_width, end.x - right * end.half_width
    if abs(down) < 4:
        return [(out, start.y), (into, end.y)]
    if abs(down) > 3 * start.half_height and abs(across) < 2.2 * max(start.half_width, end.half_width):
        middle = (lower + upper) / 2
        return [(start.x, lower), (start.x, middle), (end.x, middle), (end.x, upper)]
    free = abs(across) - start.half_width - end.half_width
    middle = start.x + right * (start.half_width + min(25, free / 2))
    return [(out, start.y), (middle, start.y), (middle, end.y), (into, end.y)]


def plot(facts: dict, language: str, random: Random, way: int) -> Figure:
    """The flow chart as boxes and arrows of matplotlib."""
    planned = plan(facts, language, random)
    figure, axes = blank(planned.width, planned.height, random.choice(("white", "white", "#f7f7f2")))
    shape = random.choice(("round,pad=0,rounding_size=4", "square,pad=0", "round,pad=0,rounding_size=10"))
    blue = "#1f77b4"
    colors = random.choice(
        (
            ("#cfe2f3", "white", "#fff2cc"),
            ("white", "white", "white"),
            ("#d9ead3", "#fce5cd", "#fce5cd"),
            (blue, "white", "#ffdd99"),
        )
    )
    arrow = {"arrowstyle": random.choice(("-|>", "-|>", "->")), "color": "black", "shrinkA": 0, "shrinkB": 0}
    arrow |= {"mutation_scale": planned.size * 0.8, "linewidth": 1}
    for line in planned.arrows:
        axes.plot(*zip(*line), color="black", linewidth=1, solid_joinstyle="miter")
        axes.annotate("", line[-1], line[-2], arrowprops=arrow)
    text = {
        "fontsize": points(planned.size),
        "ha": "center",
        "va": "center",
        "zorder": 4,
        "linespacing": 1.15,
    }
    for box in planned.boxes:
        color = box.color(*colors)
        if box.name not in BESIDE:
            corner, sides = (
                (box.x - box.half_width, box.y - box.half_height),
                (2 * box.half_width, 2 * box.half_height),
            )
            looks = {"facecolor": color, "edgecolor": "black", "linewidth": 1, "zorder": 3}
            axes.add_patch(FancyBboxPatch(corner, *sides, shape, **looks))
        ink = "white" if color == blue else "black"
        axes.text(box.x, box.y, "\n".join(box.lines), color=ink, **text)
    return figure


def page(facts: dict, language: str, random: Random) -> Page:
    """The flow chart as an SVG."""
    planned = plan(facts, language, random)
    ink, corner = random.choice(("#333", "#000", "#2f5597")), random.choice((0, 5, 12))
    line = random.choice((1, 1.5, 2))
    colors = random.choice(
        (
            ("#dae8fc", "#fff", "#d5e8d4"),
            ("#fff2cc", "#fff", "#f8cecc"),
            ("#fff", "#fff", "#fff"),
            ("#ececff", "#ececff", "#ececff"),
        )
    )
    looks = f"stroke='{ink}' stroke-width='{line}'"
    shapes = [svg_line(arrow, f"{looks} marker-end='url(#a)'") for arrow in planned.arrows]
    for box in planned.boxes:
        if box.name not in BESIDE:
            shapes.append(
                f"<rect x='{box.x - box.half_width:.1f}' y='{box.y - box.half_height:.1f}' "
                f"width='{2 * box.half_width:.1f}' height='{2 * box.half_height:.1f}' "
                f"rx='{corner}' fill='{box.color(*colors)}' {looks}/>"
            )
        first = box.y - 0.6 * planned.size * (len(box.lines) - 1)
        shapes += [
            svg_text(box.x, first + 1.2 * planned.size * row, text) for row, text in enumerate(box.lines)
        ]
    return svg(planned.width, planned.height, planned.size, shapes, random)
