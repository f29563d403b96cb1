"""Birds on a quay: how many of them are pelicans?"""

from random import Random

from qvq_nb.cases.drawing import Canvas, Style, mix, smooth
from qvq_nb.cases.scope import Scope, Topic

WIDTH, HEIGHT = 392, 224  # pixels
QUAY = 152  # y of the far edge of the quay, pixels
FOOT = 186  # y of the middle of the row, pixels
OTHERS = ("gull", "heron", "duck")
MOST_BIRDS = 9
HALF_LENGTH = 25  # pixels from a bird's centre to the tip of its bill, at size 1

OUTLINE = (72, 78, 88)


def _bird(name: str, x: int, y: int, size: float, facing: str) -> dict:
    return {"name": name, "x": x, "y": y, "size": size, "facing": facing}


def _facts(birds: list[dict]) -> dict:
    return {"birds": birds, "answer": str(sum(bird["name"] == "pelican" for bird in birds))}


# Four whole pelicans in a row and two that the right edge cuts off.
CANONICAL = _facts(
    [
        _bird("pelican", 44, 186, 1.25, "left"),
        _bird("pelican", 117, 190, 1.25, "left"),
        _bird("pelican", 190, 185, 1.25, "left"),
        _bird("pelican", 262, 189, 1.25, "left"),
        _bird("pelican", 365, 184, 1.25, "left"),
        _bird("pelican", 393, 191, 1.25, "left"),
    ]
)


def sample(random: Random) -> dict:
    """Facts of a fresh row: one to eight pelicans, up to three other birds, up to two birds cut off by one edge."""
    pelicans = random.randint(1, 8)
    others = random.randint(0, min(3, MOST_BIRDS - pelicans))
    names = ["pelican"] * pelicans + random.choices(OTHERS, k=others)
    random.shuffle(names)
    cut = min(random.choice((0, 0, 1, 2)), len(names) - 1)
    whole = len(names) - cut
    room = WIDTH - 68 - (0, 34, 62)[cut]
    gap = min(room / max(whole - 1, 1), 84)
    size = round(min(max(gap / 46, 0.92), 1.25) - random.uniform(0, 0.06), 2)
    jitter = min((gap - 38) / 2, 8)
    start = 34 + random.uniform(0, room - gap * (whole - 1))
    places = [
        start + gap * index + random.uniform(-jitter, jitter) * (0 < index < whole - 1)
        for index in range(whole)
    ]
    places += ([], [WIDTH - random.uniform(2, 6)], [WIDTH - random.uniform(26, 29), WIDTH + 1])[cut]
    facings = _facings(random, places, size, "left" if cut else random.choice(("left", "right")))
    birds = [
        _bird(name, round(x), FOOT + random.randint(-4, 4), size, facing)
        for name, x, facing in zip(names, places, facings)
    ]
    if cut:  # the bird at the very edge stands in front, so that its head is seen
        birds[-1]["y"] = FOOT + 5
    if random.random() < 0.3:
        birds = [_mirrored(bird) for bird in reversed(birds)]
    return _facts(birds)


def _facings(random: Random, places: list[float], size: float, usual: str) -> list[str]:
    """Most birds look the usual way; some whole ones turn round where no bill would cross another."""
    facings = [usual] * len(places)
    for index, place in enumerate(places):
        neighbours = [places[other] for other in (index - 1, index + 1) if 0 <= other < len(places)]
        clear = all(abs(place - x) > 2 * HALF_LENGTH * size for x in neighbours)
        if place < WIDTH - 30 and clear and random.random() < 0.3:
            facings[index] = {"left": "right", "right": "left"}[usual]
    return facings


def _mirrored(bird: dict) -> dict:
    return {**bird, "x": WIDTH - bird["x"], "facing": {"left": "right", "right": "left"}[bird["facing"]]}


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The quay with its birds; every bird stands exactly where the facts say, `style.shift` moves the scene behind."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    _scene(canvas)
    for index, bird in enumerate(facts["birds"]):
        canvas.mark(
            f"bird {index}", bird["name"], min(max(bird["x"], 1), WIDTH - 1), bird["y"] - 30 * bird["size"]
        )
    for bird in sorted(facts["birds"], key=lambda bird: bird["y"]):
        pen = _Pen(canvas, bird)
        pen.shadow()
        {"pelican": _pelican, "gull": _gull, "heron": _heron, "duck": _duck}[bird["name"]](pen)
    return canvas


def _scene(canvas: Canvas) -> None:
    """Sky, a far coast with a lighthouse, water, and the stones of the quay."""
    style = canvas.style
    dx, dy = style.shift
    horizon = 62 + dy
    sky = mix((214, 230, 240), style.paper, 0.35)
    sea = mix((104, 152, 180), style.palette[0], 0.2)
    coast = mix((126, 150, 150), sky, 0.45)
    stone = mix((196, 188, 174), style.accent, 0.06)
    canvas.rectangle(0, 0, WIDTH, HEIGHT, fill=sky)
    cloud = mix(sky, (255, 255, 255), 0.7)
    for x, y, width in ((70 + dx * 2, 22, 66), (232 + dx * 2, 34, 84), (360 + dx * 2, 20, 46)):
        canvas.ellipse(x - width / 2, y - 5, x + width / 2, y + 5, fill=cloud)
        canvas.ellipse(x - width / 4, y - 10, x + width / 4, y + 4, fill=cloud)
    hills = [
        (180, 0),
        (214, -7),
        (250, -10),
        (290, -6),
        (330, -13),
        (372, -9),
        (420, -12),
        (420, 6),
        (180, 6),
    ]
    canvas.polygon([(x + dx * 3, horizon + y) for x, y in hills], coast)
    tower = 316 + dx * 3
    canvas.polygon(
        [
            (tower - 4, horizon - 9),
            (tower - 2.5, horizon - 34),
            (tower + 2.5, horizon - 34),
            (tower + 4, horizon - 9),
        ],
        (250, 248, 244),
    )
    canvas.rectangle(tower - 3.4, horizon - 25, tower + 3.4, horizon - 18, fill=mix(style.accent, sky, 0.35))
    canvas.rectangle(tower - 3, horizon - 40, tower + 3, horizon - 35, fill=mix(style.accent, sky, 0.2))
    canvas.rectangle(0, horizon, WIDTH, QUAY, fill=sea)
    canvas.rectangle(0, horizon, WIDTH, horizon + 14, fill=mix(sea, sky, 0.25))
    ripple = mix(sea, (255, 255, 255), 0.25)
    for row in range(6):
        y = horizon + 10 + row * 14
        for x in range(-30 + row * 23 % 60, WIDTH, 74):
            canvas.line([(x + dx, y), (x + dx + 16 + row * 3, y)], ripple, 1)
    canvas.rectangle(0, QUAY, WIDTH, HEIGHT, fill=stone)
    canvas.rectangle(0, QUAY, WIDTH, QUAY + 6, fill=mix(stone, (255, 255, 255), 0.45))
    joint = mix(stone, (80, 70, 60), 0.3)
    canvas.line([(0, QUAY), (WIDTH, QUAY)], mix(joint, (40, 40, 40), 0.3), 1)
    rows = ((QUAY + 6, QUAY + 24, 58, 18), (QUAY + 24, QUAY + 46, 70, 48), (QUAY + 46, HEIGHT, 84, 10))
    for top, bottom, step, start in rows:
        canvas.line([(0, top), (WIDTH, top)], joint, 1)
        for x in range(start - step, WIDTH + step, step):
            canvas.line([(x + dx, top), (x + dx + (x - WIDTH / 2) * 0.05, bottom)], joint, 1)


class _Pen:
    """Draws in a bird's own coordinates: its foot at (0, 0), its bill towards positive x, y upwards negative."""

    def __init__(self, canvas: Canvas, bird: dict):
        self.canvas, self.x, self.y, self.size = canvas, bird["x"], bird["y"], bird["size"]
        self.forward = 1 if bird["facing"] == "right" else -1

    def _placed(self, points):
        return [(self.x + self.forward * self.size * x, self.y + self.size * y) for x, y in points]

    def blob(self, points, fill, outline=OUTLINE, steps: int = 5) -> None:
        """A rounded shape through `points`."""
        self.canvas.polygon(smooth(self._placed(points), steps), fill, outline, 1)

    def facet(self, points, fill, outline=OUTLINE) -> None:
        """A shape with sharp corners."""
        self.canvas.polygon(self._placed(points), fill, outline, 1)

    def stroke(self, points, fill, width: float) -> None:
        """A curved stroke with round ends, `width` pixels at size 1."""
        curve = smooth(self._placed(points), 6, closed=False)
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
        (x, y), radius = self._placed([(x, y)])[0], radius * self.size
        self.canvas.ellipse(x - radius, y - radius, x + radius, y + radius, fill, outline, 1)

    def legs(self, xs, top: float, fill, width: float = 1.8) -> None:
        """Straight legs from `top` down to the ground, each with a foot."""
        for x in xs:
            self.canvas.line(self._placed([(x, top), (x, -0.5), (x + 4, 0)]), fill, width * self.size)

    def shadow(self) -> None:
        """A soft shadow on the stones."""
        x, y, size = self.x, self.y, self.size
        self.canvas.ellipse(x - 17 * size, y - 2, x + 17 * size, y + 4, fill=(158, 150, 138))


def _pelican(pen: _Pen) -> None:
    """White, with a long neck bent like an S and a very long bill with a pouch."""
    white, bill = (252, 250, 245), (246, 166, 35)
    pen.legs((-5, 2), -9, (214, 130, 50), 2.4)
    pen.blob([(-23, -13), (-15, -21), (-4, -26), (6, -24), (10, -17), (6, -9), (-4, -6), (-13, -8)], white)
    pen.neck([(5, -17), (9, -24), (3, -32), (0, -40), (5, -46)], white, 6)
    pen.blob([(3, -20), (8, -24), (9, -18), (5, -12), (-1, -11)], white, white)
    pen.blob([(-25, -11), (-16, -19), (-6, -23), (2, -20), (1, -14), (-7, -11), (-16, -11)], (186, 190, 196))
    pen.blob([(-25, -11), (-17, -14), (-9, -14), (-15, -10)], (70, 74, 84), (70, 74, 84), 4)
    pen.blob(
        [(7, -45), (14, -38), (20, -32), (26, -31), (20, -28), (12, -28), (7, -35)],
        (250, 200, 84),
        (176, 106, 20),
    )
    pen.facet([(7, -48.5), (26.5, -33), (25.5, -30.5), (6.5, -43.5)], bill, (176, 106, 20))
    pen.dot(4.5, -46.5, 4.6, white, OUTLINE)
    pen.dot(6, -47.5, 1.2, (30, 30, 36))


def _gull(pen: _Pen) -> None:
    """Small and white with grey wings and a short yellow bill."""
    white = (255, 255, 255)
    pen.legs((-2, 3), -7, (224, 150, 60))
    pen.blob([(-18, -13), (-8, -18), (2, -21), (10, -19), (11, -13), (5, -7), (-4, -6), (-12, -9)], white)
    pen.facet([(14, -26), (20, -23.5), (14, -22)], (240, 180, 30), (160, 110, 20))
    pen.blob([(5, -19), (7, -26), (12, -28), (15.5, -25), (14, -20), (10, -15)], white)
    pen.blob([(7, -20), (12, -20), (10, -13), (5, -15)], white, white)
    pen.blob([(-22, -12), (-9, -18), (3, -19), (6, -14), (-3, -11), (-12, -10.5)], (138, 150, 164))
    pen.blob([(-23, -12), (-14, -14), (-11, -11.5), (-17, -10.5)], (50, 54, 62), (50, 54, 62), 3)
    pen.dot(11.6, -25, 1.1, (30, 30, 36))


def _heron(pen: _Pen) -> None:
    """Tall, thin and grey on long straight legs, with a thin pointed bill."""
    grey = (132, 146, 164)
    pen.legs((-4, 1), -26, (120, 104, 80), 1.8)
    pen.blob([(-18, -21), (-9, -31), (2, -38), (7, -34), (4, -27), (-5, -23)], grey)
    pen.neck([(3, -33), (7, -42), (5, -52), (6, -61)], (222, 226, 230), 3.6)
    pen.facet([(8, -64), (22, -59.5), (8, -60)], (226, 170, 60), (150, 104, 30))
    pen.blob([(2, -62), (6, -66), (11, -63), (8, -59.5), (4, -59)], (240, 242, 244))
    pen.stroke([(-4, -63), (2, -64.5), (7, -64)], (40, 46, 60), 2)
    pen.blob([(-18, -20), (-8, -29), (0, -32), (1, -27), (-7, -23)], (96, 110, 130), (96, 110, 130), 4)
    pen.dot(7.6, -62.4, 0.9, (30, 30, 36))


def _duck(pen: _Pen) -> None:
    """Low and brown, with a green head on a white collar and a flat bill."""
    pen.legs((-3, 3), -6, (230, 130, 40), 2)
    pen.blob(
        [(-21, -17), (-13, -16), (0, -19), (10, -17), (13, -11), (6, -5), (-6, -4), (-15, -8)], (160, 122, 88)
    )
    pen.blob([(3, -17), (10, -19), (14, -13), (9, -6), (3, -9)], (112, 70, 48), (112, 70, 48), 4)
    pen.neck([(8, -16), (9.5, -20)], (250, 250, 248), 6)
    pen.facet([(14, -26), (21.5, -23.5), (21, -21), (13, -21.5)], (240, 190, 40), (160, 120, 20))
    pen.blob([(5, -20), (5, -26), (10, -30), (15, -27), (15, -22), (10, -19)], (24, 112, 76), (16, 70, 50))
    pen.blob([(-16, -14), (-5, -16), (4, -14), (-2, -8), (-11, -9)], (204, 190, 172), (120, 96, 72), 4)
    pen.dot(11.6, -25.6, 1.1, (10, 10, 14))


def question(facts: dict, language: str) -> str:
    """Asks for the number of pelicans."""
    return {"en": "How many pelicans are there in this picture?", "zh": "图中一共有几只鹈鹕？"}[language]


def truth(facts: dict, language: str) -> str:
    """The number of pelicans, cut ones included."""
    return facts["answer"]


SCOPE = Scope(
    does={"en": "count birds on a quay", "zh": "数码头上的鸟"},
    en=Topic("pelican gull seagull heron", "bird duck", "many number count total"),
    zh=Topic("鹈鹕 海鸥 苍鹭", "鸟 鸭", "几 多少 数"),
    not_shown=(r"\b(?:eats?|species|wingspan|zoo)\b", "吃什么|吃鱼|多少种鸟|翼展|动物园"),
)
