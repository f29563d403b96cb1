"""The sofa as a line drawing with its dimensions, planned in pixels for matplotlib and for an SVG."""

import math
from dataclasses import dataclass
from random import Random

from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from qvq_mini.foreign.browser import Page, svg, svg_line, svg_text
from qvq_mini.foreign.facts import text_pixels, text_width
from qvq_mini.foreign.plotting import blank, points

STYLES, HAS_CHINESE = ("default",), False
Point = tuple[float, float]


@dataclass
class Dimension:
    """An edge, the line beside it, and its measure in words round a point further out."""

    edge: tuple[Point, Point]
    line: tuple[Point, Point]
    text: str
    label: Point


@dataclass
class Plan:
    """The picture's pixels, the size of its type, faces with their brightness, seams, and dimensions."""

    width: int
    height: int
    size: int
    faces: list[tuple[list[Point], float]]
    seams: list[list[Point]]
    dimensions: list[Dimension]


def plan(facts: dict, random: Random) -> Plan:
    """The L-shaped prism seen from above, true to scale."""
    width, height = random.choice(((400, 280), (480, 340), (560, 400), (420, 320)))
    size = text_pixels(width, height, random)
    turn, tilt = math.radians(random.uniform(18, 38)), math.radians(random.uniform(26, 40))
    mirrored = random.random() < 0.5
    long, short, depth, tall = (facts[name] for name in ("long", "short", "depth", "height"))

    def flat(x, y, z):
        across = x * math.cos(turn) - y * math.sin(turn)
        down = (x * math.sin(turn) + y * math.cos(turn)) * math.sin(tilt) - z * math.cos(tilt)
        return -across if mirrored else across, down

    outline = [(0, 0), (long, 0), (long, depth), (depth, depth), (depth, short), (0, short)]
    xs, ys = zip(*(flat(x, y, z) for x, y in outline for z in (0, tall)))
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    scale = min((width - 9.5 * size) / (right - left), (height - 6 * size) / (bottom - top))

    def seen(x, y, z):
        across, down = flat(x, y, z)
        from_middle = across - (left + right) / 2, down - (top + bottom) / 2
        return width / 2 + scale * from_middle[0], height / 2 + scale * from_middle[1]

    def upright(start, end):
        return [seen(*start, 0), seen(*end, 0), seen(*end, tall), seen(*start, tall)]

    faces = [
        ([seen(x, y, tall) for x, y in outline], 1.0),
        (upright((0, short), (depth, short)), 0.85),
        (upright((depth, depth), (long, depth)), 0.85),
        (upright((depth, depth), (depth, short)), 0.7),
        (upright((long, 0), (long, depth)), 0.7),
    ]
    half = (depth + long) / 2
    ends = (((depth, 0), (depth, depth)), ((0, depth), (depth, depth)), ((half, 0), (half, depth)))
    seams = [[seen(*start, tall), seen(*end, tall)] for start, end in ends]
    height_at = random.choice(((long, 0), (0, short)))
    measured = [
        ((0, 0, tall), (long, 0, tall), long),
        ((0, 0, tall), (0, short, tall), short),
        ((0, short, 0), (depth, short, 0), depth),
        ((long, 0, 0), (long, depth, 0), depth),
        ((*height_at, 0), (*height_at, tall), tall),
    ]
    form, gap = random.choice(("{} cm", "{} cm", "{}cm")), random.uniform(0.7, 1.1) * size
    middle = seen(long / 2.6, short / 2.6, tall / 2)
    dimensions = [
        _dimension(seen(*start), seen(*end), middle, form.format(value), size, gap)
        for start, end, value in measured
    ]
    return Plan(width, height, size, faces, seams, dimensions)


def _dimension(start: Point, end: Point, middle: Point, text: str, size: int, gap: float) -> Dimension:
    """Beside an edge, on the side away from the middle."""
    along = math.dist(start, end)
    x, y = (end[1] - start[1]) / along, (start[0] - end[0]) / along
    centre = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    if (centre[0] - middle[0]) * x + (centre[1] - middle[1]) * y < 0:
        x, y = -x, -y
    reach = gap + 0.3 * size + abs(x) * text_width(text, size) / 2 + abs(y) * size / 2

    def moved(point, pixels):
        return point[0] + x * pixels, point[1] + y * pixels

    return Dimension((start, end), (moved(start, gap), moved(end, gap)), text, moved(centre, reach))


def plot(facts: dict, language: str, random: Random, way: int) -> Figure:
    """The sofa as a line drawing of matplotlib."""
    planned = plan(facts, random)
    figure, axes = blank(planned.width, planned.height, random.choice(("white", "white", "#fafaf5")))
    browns, blues, greens = (0.85, 0.75, 0.6), (0.7, 0.8, 0.9), (0.75, 0.85, 0.7)
    color = random.choice((None, browns, blues, greens, (0.85, 0.85, 0.85)))
    for corners, light in planned.faces:
        fill = tuple(light * part for part in color) if color else "white"
        axes.add_patch(Polygon(corners, facecolor=fill, edgecolor="black", linewidth=1.3))
    if random.random() < 0.7:
        for seam in planned.seams:
            axes.plot(*zip(*seam), color="black", linewidth=0.7, linestyle=random.choice(("-", "--")))
    ink, ends = random.choice(("black", "tab:red", "tab:blue")), random.choice(("<->", "<|-|>", "|-|"))
    ends += ",widthA=.25,widthB=.25" if ends == "|-|" else ""
    arrow = {
        "arrowstyle": ends,
        "color": ink,
        "shrinkA": 0,
        "shrinkB": 0,
        "mutation_scale": 10,
        "linewidth": 1,
    }
    text = {"fontsize": points(planned.size), "ha": "center", "va": "center"}
    for dimension in planned.dimensions:
        axes.annotate("", dimension.line[1], dimension.line[0], arrowprops=arrow)
        for point, reached in zip(dimension.edge, dimension.line):
            axes.plot(*zip(point, reached), color=ink, linewidth=0.5, linestyle=":")
        axes.text(*dimension.label, dimension.text, color=random.choice((ink, "black")), **text)
    return figure


def page(facts: dict, language: str, random: Random) -> Page:
    """The sofa as an SVG."""
    planned = plan(facts, random)
    wood, blue, green, grey = (222, 184, 135), (143, 170, 220), (169, 209, 142), (200, 200, 200)
    cloth = random.choice((wood, blue, green, grey, (255, 255, 255)))
    ink, edge = random.choice(("#c00000", "#333", "#1a5fb4")), random.choice(("#333", "#000", "#6b4f2a"))
    shapes = []
    for corners, light in planned.faces:
        color = ",".join(f"{light * part:.0f}" for part in cloth)
        outline = f"stroke='{edge}' stroke-width='1.5' stroke-linejoin='round'"
        shapes.append(svg_line([*corners, corners[0]], outline).replace("'none'", f"'rgb({color})'"))
    shapes += [
        svg_line(seam, f"stroke='{edge}' stroke-width='0.8'")
        for seam in planned.seams
        if random.random() < 0.7
    ]
    arrow = f"stroke='{ink}' stroke-width='1.2' marker-start='url(#a)' marker-end='url(#a)'"
    for dimension in planned.dimensions:
        shapes.append(svg_line(dimension.line, arrow))
        for ends in zip(dimension.edge, dimension.line):
            shapes.append(svg_line(ends, f"stroke='{ink}' stroke-width='0.6'"))
        shapes.append(svg_text(*dimension.label, dimension.text, f"fill='{random.choice((ink, '#000'))}'"))
    return svg(planned.width, planned.height, planned.size, shapes, random)
