"""The birds by another hand, with matplotlib: on a beach, afloat on a lake, or on plain paper."""

from random import Random

from matplotlib import patheffects
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, PathPatch, Polygon, Rectangle
from matplotlib.path import Path as Curve
from matplotlib.transforms import Affine2D

from qvq_mini.foreign.plotting import blank, points
from qvq_nb.cases.scenes.recognition import FOOT, WIDTH

STYLES, HAS_CHINESE = ("default",), False
SKIES = {"beach": "#dcecf5", "lake": "#e9f1e4"}
COATS = (
    {"body": "white", "wing": "#c9c9c9", "pouch": "#f6c244", "bill": "#e8a02c", "feet": "#e08a2c"},
    {"body": "#f7eee6", "wing": "#3d3d3d", "pouch": "#f2a65a", "bill": "#d98c3a", "feet": "#8a6a4a"},
    {"body": "#b9a690", "wing": "#7d6a55", "pouch": "#caa15c", "bill": "#b58a45", "feet": "#5a5046"},
)
BEZIER, CHORD = (1, 4, 4, 4), 79  # matplotlib's codes: move, three points of a curve; close
page = None  # nobody draws birds in HTML


class Brush:
    """Draws one bird: x forward and y up from its feet, in pixels at size 1."""

    def __init__(self, axes, bird: dict, zoom: float, ground: float, ink: str):
        scale = bird["size"] * zoom
        forward = scale if bird["facing"] == "right" else -scale
        foot = bird["x"] * zoom, ground + (bird["y"] - FOOT) * zoom
        self.transform = Affine2D().scale(forward, -scale).translate(*foot) + axes.transData
        self.axes, self.scale = axes, scale
        self.ink, self.outlined = ink, {"edgecolor": ink, "linewidth": 0.9}

    def _add(self, patch) -> None:
        patch.set_transform(self.transform)
        self.axes.add_patch(patch)

    def oval(self, x, y, width, height, color, angle=0) -> None:
        self._add(Ellipse((x, y), width, height, angle=angle, facecolor=color, **self.outlined))

    def shape(self, corners, color) -> None:
        self._add(Polygon(corners, facecolor=color, **self.outlined))

    def bow(self, start, first, second, end, color) -> None:
        """A Bézier curve, closed by its chord."""
        curve = Curve((start, first, second, end, start), (*BEZIER, CHORD))
        self._add(PathPatch(curve, facecolor=color, **self.outlined))

    def neck(self, start, first, second, end, thickness, color) -> None:
        """A Bézier curve with an outline."""
        width = points(thickness * self.scale)
        outline = [patheffects.withStroke(linewidth=width + 1.8, foreground=self.ink)]
        looks = {"fill": False, "edgecolor": color, "linewidth": width, "path_effects": outline}
        self._add(PathPatch(Curve((start, first, second, end), BEZIER), **looks))

    def line(self, start, end, color, thickness=1.5) -> None:
        width = points(thickness * self.scale)
        self._add(PathPatch(Curve((start, end)), fill=False, edgecolor=color, linewidth=width))

    def eye(self, x, y) -> None:
        self._add(Ellipse((x, y), 1.8, 1.8, facecolor="black", edgecolor="none"))


def pelican(brush: Brush, coat: dict, afloat: bool) -> None:
    """A heavy body, an S-shaped neck, a long bill and under it the pouch."""
    if not afloat:
        for x in (-7, -1):
            brush.line((x, 12), (x, 1), coat["feet"], 2)
            brush.line((x - 1, 0.8), (x + 5, 0.8), coat["feet"], 2)
    brush.shape([(-15, 22), (-25, 17), (-23, 13), (-12, 16)], coat["wing"])
    brush.neck((3, 22), (17, 27), (1, 34), (7, 42), 5.5, coat["body"])
    brush.oval(-5, 19, 30, 18, coat["body"], 10)
    brush.bow((2, 25), (-4, 10), (-16, 10), (-23, 15), coat["wing"])
    brush.bow((10, 42), (10, 24), (17, 17), (25, 30), coat["pouch"])
    brush.shape([(9, 46), (9, 42), (25, 29), (26, 31)], coat["bill"])
    brush.oval(8, 44, 9, 8, coat["body"])
    brush.eye(9.3, 45.2)


def gull(brush: Brush, coat: dict, afloat: bool) -> None:
    """Small and white, with grey wings and a short bill."""
    if not afloat:
        for x in (-3, 1):
            brush.line((x, 8), (x, 0), "#d9a441")
    brush.oval(-3, 13, 28, 12, "white", 5)
    brush.bow((7, 15), (0, 6), (-12, 8), (-22, 13), "#a9b4bf")
    brush.shape([(-15, 13), (-25, 12), (-16, 10)], "#2b2b2b")
    brush.shape([(13, 21), (20, 19), (13, 18.5)], "#e8b730")
    brush.oval(9.5, 20, 9.5, 9, "white")
    brush.eye(11, 21.5)


def heron(brush: Brush, coat: dict, afloat: bool) -> None:
    """Tall and thin, on long legs, with a thin straight bill."""
    for x in (-5, 0):
        brush.line((x, 20), (x + 1, 0), "#6b5b45")
    brush.neck((3, 26), (15, 30), (-3, 40), (6, 48), 3, "#c9d3dd")
    brush.oval(-6, 24, 24, 11, "#8fa3b5", 18)
    brush.bow((2, 26), (-4, 18), (-12, 18), (-20, 16), "#5f7488")
    brush.shape([(9, 50), (23, 47.5), (9, 46.5)], "#d8a93b")
    brush.line((6, 51), (-4, 49), "#222222")
    brush.oval(7, 48.5, 8, 5.5, "#eef1f4")
    brush.eye(8.5, 49)


def duck(brush: Brush, coat: dict, afloat: bool) -> None:
    """Low on the ground, with a green head and a flat bill."""
    if not afloat:
        for x in (-4, 1):
            brush.line((x, 6), (x, 0), "#e07b20")
    brush.shape([(-13, 14), (-22, 16), (-15, 9)], "#4b3a2a")
    brush.neck((8, 12), (10, 14), (10, 16), (10, 19), 5, "#2f6b46")
    brush.oval(-3, 10, 27, 13, "#9b7b58")
    brush.bow((5, 13), (-2, 4), (-10, 5), (-14, 11), "#c7b299")
    brush.shape([(13, 21), (20, 18.5), (20, 17), (13, 17.5)], "#e8a92c")
    brush.oval(10, 20, 9.5, 9, "#2f6b46")
    brush.eye(11.5, 21.5)


BIRDS = {"pelican": pelican, "gull": gull, "heron": heron, "duck": duck}
WATER_LINES = {"pelican": 9, "gull": 7, "duck": 4}  # where a bird that swims meets the water; a heron stands


def plot(facts: dict, language: str, random: Random, way: int) -> Figure:
    """The birds of the facts in one of the scenes."""
    zoom = random.uniform(1.15, 1.45)
    width, height = round(WIDTH * zoom), round(random.uniform(180, 230) * zoom)
    scene, paper = random.choice(("beach", "lake", "paper")), random.choice(("white", "#fbf7ec"))
    figure, axes = blank(width, height, SKIES.get(scene, paper))
    ground, far = height - random.uniform(25, 45) * zoom, height * random.uniform(0.35, 0.5)
    if scene == "beach":
        sand = [(0, ground - 25), (width, ground - 35), (width, height), (0, height)]
        axes.add_patch(Rectangle((0, far), width, height, facecolor="#6fb1c9"))
        axes.add_patch(Polygon(sand, facecolor="#ecd9a9"))
    elif scene == "lake":
        axes.add_patch(Ellipse((width * random.random(), far), width, 70 * zoom, facecolor="#9dbb86"))
        axes.add_patch(Rectangle((0, far), width, height, facecolor=random.choice(("#8fc1d9", "#a8cfd0"))))
    else:
        axes.plot((0, width), (ground + 4, ground + 4), color="#555555", linewidth=1)
    coat, ink = random.choice(COATS), random.choice(("black", "#3a3a3a", "#5b4636"))
    for bird in sorted(facts["birds"], key=lambda bird: bird["y"]):
        brush = Brush(axes, bird, zoom, ground, ink)
        BIRDS[bird["name"]](brush, coat, scene == "lake")
        if scene == "lake" and bird["name"] in WATER_LINES:
            water = WATER_LINES[bird["name"]]
            brush.line((-17, water), (13, water), "white", 1.2)
    return figure
