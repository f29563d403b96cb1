"""A cuboid and a cube side by side, with their sizes: how large are surface and volume of each?"""

from decimal import Decimal
from math import hypot
from random import Random

from qvq_nb.cases.drawing import Canvas, Style, mix, text_width
from qvq_nb.grading.number import Number
from qvq_nb.grading.several import Several

WIDTH, HEIGHT = 392, 252  # pixels
MARGIN, GAP = 18, 8  # pixels at the edge of the picture, and between a solid and its labels
BELOW = 38  # pixels under the solids and their labels, for their names
# Where a length goes in the picture: to the right along the front, and away from the viewer; up is up.
VIEWS = {"oblique": ((1.0, 0.0), (0.42, -0.34)), "isometric": ((0.82, 0.3), (0.62, -0.3))}
NAMES = {"en": ("cuboid", "cube"), "zh": ("长方体", "正方体")}


def _facts(cuboid: tuple, side: str, unit: str = "cm", view: str = "oblique") -> dict:
    """The cuboid's length, depth and height and the cube's side, all in `unit`, as they are written."""
    answers = [_written(number) for sizes in (cuboid, (side,) * 3) for number in _measures(*sizes)]
    return {"cuboid": list(cuboid), "side": side, "unit": unit, "view": view, "answers": answers}


def _measures(length: str, depth: str, height: str) -> tuple[Decimal, Decimal]:
    """The surface and the volume of a cuboid."""
    a, b, c = map(Decimal, (length, depth, height))
    return 2 * (a * b + a * c + b * c), a * b * c


def _written(number: Decimal) -> str:
    return f"{number.normalize():f}"


CANONICAL = _facts(("5", "3", "4"), "2")


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of two fresh solids, whole centimetres to 12; if `wide`, to 999, with one decimal, or metres."""
    if wide:
        unit, places = random.choice((("cm", 0), ("cm", 1), ("m", 0), ("m", 1)))
        most = random.randint(10, 999)
    else:
        unit, places, most = "cm", 0, random.randint(5, 12)
    least = -(-most // 4)
    cuboid = [most, random.randint(least, most), random.randint(least, most - 1)]
    random.shuffle(cuboid)
    side = random.randint(-(-2 * most // 5), most)
    sizes = [_written(Decimal(size).scaleb(-places)) for size in (*cuboid, side)]
    return _facts(tuple(sizes[:3]), sizes[3], unit, random.choice(list(VIEWS)) if wide else "oblique")


class _Solid:
    """A cuboid, the near left corner of its floor at (0, 0), in pixels, and the labels beside its edges."""

    def __init__(self, sizes: list[float], view: str, labels: dict[str, str], text_size: int):
        length, depth, height = sizes
        (along_x, along_y), (away_x, away_y) = VIEWS[view]
        self.along, self.away = (length * along_x, length * along_y), (depth * away_x, depth * away_y)
        self.up, self.text_size = (0.0, -height), text_size
        # The depth stands at the top, far from the labels of the other solid.
        edges = {"length": ((0, 0), self.along), "depth": (_sum(self.up, self.away), self.up)}
        edges["height"] = (self.up, (0, 0))
        self.labels = [(text, kind, *self._beside(*edges[kind], text)) for kind, text in labels.items()]

    def _beside(self, start, end, text: str) -> tuple[float, float]:
        """The middle of a label that stands GAP pixels off an edge, on the right as seen from its start."""
        run, rise = end[0] - start[0], end[1] - start[1]
        normal = -rise / hypot(run, rise), run / hypot(run, rise)
        half_width, half_height = text_width(text, self.text_size) / 2, self.text_size * 0.45
        off = GAP + abs(normal[0]) * half_width + abs(normal[1]) * half_height
        return (start[0] + end[0]) / 2 + normal[0] * off, (start[1] + end[1]) / 2 + normal[1] * off

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom, with the labels."""
        corners = [(0, 0), self.up, self.along, _sum(self.along, self.away), _sum(self.up, self.away)]
        corners.append(_sum(self.along, self.away, self.up))
        for text, _, x, y in self.labels:
            half_width, half_height = text_width(text, self.text_size) / 2, self.text_size / 2
            corners += [(x - half_width, y - half_height), (x + half_width, y + half_height)]
        xs, ys = zip(*corners)
        return min(xs), min(ys), max(xs), max(ys)

    def draw(self, canvas: Canvas, x: float, y: float, color, key: str) -> None:
        """Its front, its top and its right side, each in its own shade, and the labels."""
        origin = (x, y)
        top, side = _sum(origin, self.up), _sum(origin, self.along)
        for start, one, other, paler in (
            (origin, self.along, self.up, 0.35),
            (top, self.along, self.away, 0.6),
            (side, self.away, self.up, 0.15),
        ):
            corners = [start, _sum(start, one), _sum(start, one, other), _sum(start, other)]
            canvas.polygon(corners, mix(color, (255, 255, 255), paler), canvas.style.ink)
        for text, kind, label_x, label_y in self.labels:
            canvas.text(x + label_x, y + label_y, text, align="center", key=f"{key} {kind}")


def _sum(*points) -> tuple[float, float]:
    return sum(x for x, _ in points), sum(y for _, y in points)


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """Both solids, as large as they fit in one scale, with their names below; the cube needs one label."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    unit = 100.0  # pixels for a length of 1
    while True:
        solids = [
            _Solid([float(size) * unit for size in sizes], facts["view"], labels, style.text_size)
            for sizes, labels in _sizes_and_labels(facts)
        ]
        extents = [solid.extent for solid in solids]
        spare = WIDTH - 2 * MARGIN - sum(right - left for left, _, right, _ in extents)
        if (
            spare >= 2 * MARGIN
            and max(bottom - top for _, top, _, bottom in extents) <= HEIGHT - MARGIN - BELOW
        ):
            break
        unit *= 0.97
    x = MARGIN + style.shift[0] + spare / 4
    for key, name, solid, color in zip(NAMES["en"], NAMES[language], solids, style.palette):
        left, _, right, bottom = solid.extent
        solid.draw(canvas, x - left, HEIGHT - BELOW + style.shift[1] - bottom, color, key)
        middle = x - left + (solid.along[0] + solid.away[0]) / 2
        canvas.text(middle, HEIGHT - 22 + style.shift[1], name, align="center")
        x += right - left + spare / 2
    return canvas


def _sizes_and_labels(facts: dict) -> list[tuple[list[str], dict[str, str]]]:
    """Of each solid its length, depth and height, and what is written beside which edge."""
    labels = [f"{size} {facts['unit']}" for size in (*facts["cuboid"], facts["side"])]
    cuboid, cube = dict(zip(("length", "depth", "height"), labels)), {"length": labels[3]}
    return [(facts["cuboid"], cuboid), ([facts["side"]] * 3, cube)]


def question(facts: dict, language: str) -> str:
    """Asks for four quantities in order."""
    return {
        "en": "What are the surface area and the volume of the cuboid, and then those of the cube?",
        "zh": "依次求长方体的表面积和体积、正方体的表面积和体积。",
    }[language]


def target(facts: dict, language: str) -> Several:
    """The surface and the volume of the cuboid, then of the cube, each with its unit."""
    names = {
        "en": ("surface of the cuboid", "volume of the cuboid", "surface of the cube", "volume of the cube"),
        "zh": ("长方体的表面积", "长方体的体积", "正方体的表面积", "正方体的体积"),
    }[language]
    units = [facts["unit"] + power for power in "²³²³"]
    return Several(tuple(zip(names, map(Number, facts["answers"], units))))
