"""Birds as data: the strokes that make up a pelican, a gull, a heron and a duck, and the pen for them."""

from qvq_nb.cases.drawing import Canvas, smooth

OUTLINE, SHADOW, EYE = (72, 78, 88), (158, 150, 138), (30, 30, 36)
BONE, SNOW, ASH, SOOT, COAL = (252, 250, 245), (255, 255, 255), (186, 190, 196), (70, 74, 84), (50, 54, 62)
AMBER, HONEY, RUST = (246, 166, 35), (250, 200, 84), (176, 106, 20)
GREY, SLATE = (132, 146, 164), (96, 110, 130)
BROWN, CHESTNUT, GREEN, FOREST = (160, 122, 88), (112, 70, 48), (24, 112, 76), (16, 70, 50)

# The pen's strokes in their order, each with its points, in pixels at size 1: see `Pen`.
PELICAN = (  # white, with a long neck bent like an S and a very long bill with a pouch
    ("legs", (-5, 2), -9, (214, 130, 50), 2.4),
    ("blob", ((-23, -13), (-15, -21), (-4, -26), (6, -24), (10, -17), (6, -9), (-4, -6), (-13, -8)), BONE),
    ("neck", ((5, -17), (9, -24), (3, -32), (0, -40), (5, -46)), BONE, 6),
    ("blob", ((3, -20), (8, -24), (9, -18), (5, -12), (-1, -11)), BONE, BONE),
    ("blob", ((-25, -11), (-16, -19), (-6, -23), (2, -20), (1, -14), (-7, -11), (-16, -11)), ASH),
    ("blob", ((-25, -11), (-17, -14), (-9, -14), (-15, -10)), SOOT, SOOT, 4),
    ("blob", ((7, -45), (14, -38), (20, -32), (26, -31), (20, -28), (12, -28), (7, -35)), HONEY, RUST),
    ("facet", ((7, -48.5), (26.5, -33), (25.5, -30.5), (6.5, -43.5)), AMBER, RUST),
    ("dot", 4.5, -46.5, 4.6, BONE, OUTLINE),
    ("dot", 6, -47.5, 1.2, EYE),
)  # fmt: skip
GULL = (  # small and white, with grey wings and a short yellow bill
    ("legs", (-2, 3), -7, (224, 150, 60)),
    ("blob", ((-18, -13), (-8, -18), (2, -21), (10, -19), (11, -13), (5, -7), (-4, -6), (-12, -9)), SNOW),
    ("facet", ((14, -26), (20, -23.5), (14, -22)), (240, 180, 30), (160, 110, 20)),
    ("blob", ((5, -19), (7, -26), (12, -28), (15.5, -25), (14, -20), (10, -15)), SNOW),
    ("blob", ((7, -20), (12, -20), (10, -13), (5, -15)), SNOW, SNOW),
    ("blob", ((-22, -12), (-9, -18), (3, -19), (6, -14), (-3, -11), (-12, -10.5)), (138, 150, 164)),
    ("blob", ((-23, -12), (-14, -14), (-11, -11.5), (-17, -10.5)), COAL, COAL, 3),
    ("dot", 11.6, -25, 1.1, EYE),
)  # fmt: skip
HERON = (  # tall, thin and grey on long straight legs, with a thin pointed bill
    ("legs", (-4, 1), -26, (120, 104, 80), 1.8),
    ("blob", ((-18, -21), (-9, -31), (2, -38), (7, -34), (4, -27), (-5, -23)), GREY),
    ("neck", ((3, -33), (7, -42), (5, -52), (6, -61)), (222, 226, 230), 3.6),
    ("facet", ((8, -64), (22, -59.5), (8, -60)), (226, 170, 60), (150, 104, 30)),
    ("blob", ((2, -62), (6, -66), (11, -63), (8, -59.5), (4, -59)), (240, 242, 244)),
    ("stroke", ((-4, -63), (2, -64.5), (7, -64)), (40, 46, 60), 2),
    ("blob", ((-18, -20), (-8, -29), (0, -32), (1, -27), (-7, -23)), SLATE, SLATE, 4),
    ("dot", 7.6, -62.4, 0.9, EYE),
)  # fmt: skip
DUCK = (  # low and brown, with a green head on a white collar and a flat bill
    ("legs", (-3, 3), -6, (230, 130, 40), 2),
    ("blob", ((-21, -17), (-13, -16), (0, -19), (10, -17), (13, -11), (6, -5), (-6, -4), (-15, -8)), BROWN),
    ("blob", ((3, -17), (10, -19), (14, -13), (9, -6), (3, -9)), CHESTNUT, CHESTNUT, 4),
    ("neck", ((8, -16), (9.5, -20)), (250, 250, 248), 6),
    ("facet", ((14, -26), (21.5, -23.5), (21, -21), (13, -21.5)), (240, 190, 40), (160, 120, 20)),
    ("blob", ((5, -20), (5, -26), (10, -30), (15, -27), (15, -22), (10, -19)), GREEN, FOREST),
    ("blob", ((-16, -14), (-5, -16), (4, -14), (-2, -8), (-11, -9)), (204, 190, 172), (120, 96, 72), 4),
    ("dot", 11.6, -25.6, 1.1, (10, 10, 14)),
)  # fmt: skip
STROKES = {"pelican": PELICAN, "gull": GULL, "heron": HERON, "duck": DUCK}


class Pen:
    """Draws in a bird's coordinates: its foot at (0, 0), its bill towards positive x, y negative upwards."""

    def __init__(self, canvas: Canvas, bird: dict):
        self.canvas, self.x, self.y, self.size = canvas, bird["x"], bird["y"], bird["size"]
        self.forward = 1 if bird["facing"] == "right" else -1

    def bird(self, name: str) -> None:
        """The whole bird, stroke by stroke."""
        for stroke, *arguments in STROKES[name]:
            getattr(self, stroke)(*arguments)

    def placed(self, points):
        """Points of the bird as points of the canvas."""
        return [(self.x + self.forward * self.size * x, self.y + self.size * y) for x, y in points]

    def blob(self, points, fill, outline=OUTLINE, steps: int = 5) -> None:
        """A rounded shape through `points`."""
        self.canvas.polygon(smooth(self.placed(points), steps), fill, outline, 1)

    def facet(self, points, fill, outline=OUTLINE) -> None:
        """A shape with sharp corners."""
        self.canvas.polygon(self.placed(points), fill, outline, 1)

    def stroke(self, points, fill, width: float) -> None:
        """A curved stroke with round ends, `width` pixels at size 1."""
        curve = smooth(self.placed(points), 6, closed=False)
        self.canvas.line(curve, fill, width * self.size)
        radius = width * self.size / 2
        for x, y in (curve[0], curve[-1]):
            self.canvas.ellipse(x - radius, y - radius, x + radius, y + radius, fill)

    def neck(self, points, fill, width: float) -> None:
        """A stroke with an outline."""
        self.stroke(points, OUTLINE, width + 2 / self.size)
        self.stroke(points, fill, width)

    def dot(self, x: float, y: float, radius: float, fill, outline=None) -> None:
        """A circle round (x, y)."""
        (x, y), radius = self.placed([(x, y)])[0], radius * self.size
        self.canvas.ellipse(x - radius, y - radius, x + radius, y + radius, fill, outline, 1)

    def legs(self, xs, top: float, fill, width: float = 1.8) -> None:
        """Straight legs from `top` down to the ground, each with a foot."""
        for x in xs:
            self.canvas.line(self.placed([(x, top), (x, -0.5), (x + 4, 0)]), fill, width * self.size)

    def shadow(self) -> None:
        """A soft shadow on the ground."""
        x, y, size = self.x, self.y, self.size
        self.canvas.ellipse(x - 17 * size, y - 2, x + 17 * size, y + 4, fill=SHADOW)
