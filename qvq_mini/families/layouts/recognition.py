"""Birds by another hand, or of ovals and triangles, on other grounds."""

from math import cos, radians, sin
from random import Random

from qvq_nb.cases.drawing import Canvas, mix
from qvq_nb.cases.drawing.birds import OUTLINE, Pen
from qvq_nb.cases.scenes import recognition


class _OtherPen(Pen):
    """The same birds by another hand: stretched, slanted and coloured otherwise."""

    def __init__(self, canvas: Canvas, bird: dict, random: Random):
        super().__init__(canvas, bird)
        self.stretch = random.uniform(0.85, 1.2), random.uniform(0.85, 1.12)
        self.lean = random.uniform(-0.12, 0.12)
        self.tint, self.share = tuple(random.randint(60, 255) for _ in range(3)), random.uniform(0, 0.22)
        self.outlined = random.random() < 0.7

    def placed(self, points):
        return super().placed([(x * self.stretch[0] - y * self.lean, y * self.stretch[1]) for x, y in points])

    def blob(self, points, fill, outline=OUTLINE, steps: int = 5) -> None:
        fill = mix(fill, self.tint, self.share)
        super().blob(points, fill, outline if self.outlined else fill, steps)

    def facet(self, points, fill, outline=OUTLINE) -> None:
        super().facet(points, mix(fill, self.tint, self.share), outline)


# Pixels at size 1: body and its height, legs, neck and its width, head, bill. Colours: body, head, bill.
SIMPLE_BIRDS = {
    "pelican": (
        (36, 18, 8, 20, 5, 4.5, 22),
        ((252, 250, 245), (240, 225, 215), (225, 225, 228)), None,
        ((246, 166, 35), (240, 140, 60), (235, 190, 90)),
    ),
    "gull": (
        (28, 12, 6, 4, 6, 4.5, 6),
        ((255, 255, 255), (240, 242, 245)), None,
        ((240, 180, 30), (230, 120, 40)),
    ),
    "heron": (
        (24, 12, 26, 23, 3, 3, 14),
        ((132, 146, 164), (150, 165, 190), (110, 120, 135)), None,
        ((226, 170, 60), (200, 150, 40), (90, 90, 90)),
    ),
    "duck": (
        (32, 14, 3, 5, 6, 5.5, 7),
        ((160, 122, 88), (130, 90, 60), (190, 160, 120)), ((24, 112, 76), (20, 90, 50), (40, 130, 90)),
        ((240, 190, 40), (240, 140, 40)),
    ),
}  # fmt: skip


def _simple_bird(pen, name: str, random: Random) -> None:
    """A bird of ovals, strokes and triangles, as one draws it with a plotting program."""
    lengths, bodies, heads, bills = SIMPLE_BIRDS[name]
    length, height, legs, neck, thick, head, bill = (value * random.uniform(0.8, 1.25) for value in lengths)
    body, bill_color = random.choice(bodies), random.choice(bills)
    head_color = random.choice(heads) if heads else body
    middle, spread = -legs - height / 2, random.uniform(2, 4)
    legs_at = random.uniform(-0.1, 0.1) * length
    legs_color = bill_color if random.random() < 0.6 else (90, 80, 70)
    pen.legs((legs_at - spread, legs_at + spread), -legs - 2, legs_color, random.uniform(1.2, 2.2))
    tail = -length * random.uniform(0.6, 0.7), middle + random.uniform(-4, 3)
    pen.facet([(-length * 0.4, middle - 3), tail, (-length * 0.4, middle + 3)], body)
    _oval(pen, 0, middle, length / 2, height / 2, body, random.uniform(-0.25, 0.1))
    x, y = length * random.uniform(0.3, 0.5), middle - height * 0.3 - neck
    bend = random.uniform(-6, 6) * min(neck / 15, 1)
    lower, upper = (length * 0.36 + bend, middle - neck * 0.35), (x - bend * 0.6, y + neck * 0.3)
    pen.neck([(length * 0.33, middle), lower, upper, (x, y)], body, thick)
    if random.random() < 0.8:
        shade = random.uniform(0.15, 0.5) if name != "gull" else random.uniform(0.4, 0.6)
        _wing(pen, length, height, middle, mix(body, (70, 75, 90), shade), random)
    _bill(pen, name, (x, y), head, bill, bill_color, random)
    _oval(pen, x, y, head, head, head_color)
    pen.dot(x + head * 0.25, y - head * 0.2, max(head * 0.22, 0.9), (20, 20, 25))


def _oval(pen, x: float, y: float, wide: float, high: float, color, tilt: float = 0.0) -> None:
    points = [(wide * cos(radians(angle)), high * sin(radians(angle))) for angle in range(0, 360, 30)]
    turned = [(px * cos(tilt) - py * sin(tilt), px * sin(tilt) + py * cos(tilt)) for px, py in points]
    pen.blob([(x + px, y + py) for px, py in turned], color, steps=2)


def _wing(pen, length: float, height: float, middle: float, color, random: Random) -> None:
    """An oval, or a kite whose point lies at the back."""
    back = length * random.uniform(0.25, 0.5)
    if random.random() < 0.5:
        x, y, tilt = -length * 0.06, middle - height * 0.05, random.uniform(-0.3, 0.1)
        _oval(pen, x, y, length * 0.3, height * 0.28, color, tilt)
        return
    corners = [
        (length * 0.2, middle - 1),
        (-length * 0.05, middle - height * 0.35),
        (-back, middle + random.uniform(-3, 2)),
        (-length * 0.05, middle + height * 0.3),
    ]
    pen.facet(corners, color)


def _bill(pen, name: str, eye, head: float, bill: float, color, random: Random) -> None:
    """A triangle; a pelican's hangs lower and has, nearly always, its pouch."""
    (x, y), pelican = eye, name == "pelican"
    low = random.uniform(0, 0.6 if pelican else 0.1) * bill
    tip = x + head * 0.6 + bill * (0.85 if low > 0.3 * bill else 1), y + 1 + low
    if pelican and random.random() < 0.9:
        pouch = random.uniform(3, 13)
        corners = [
            (x + head * 0.6, y + 1),
            tip,
            (x + bill * 0.6, y + low * 0.7 + pouch),
            (x + bill * 0.25, y + low * 0.3 + pouch * 0.8),
        ]
        draw_pouch = pen.blob if random.random() < 0.6 else pen.facet
        draw_pouch(corners, mix(color, (255, 230, 120), random.uniform(0, 0.6)))
    pen.facet([(x + head * 0.5, y - head * 0.5), tip, (x + head * 0.5, y + head * 0.6)], color)


def _in_rows(birds: list[dict], random: Random, width: int, height: int) -> list[dict]:
    """The birds, whole, in one or two rows of even places; they are named from left to right all the same."""
    rows = 2 if len(birds) > 2 and random.random() < 0.5 else 1
    across = -(-len(birds) // rows)
    step, tall = width / (across + 0.15), (height - 8) / rows
    size = min(step / 60, tall / 70, 2.4) * random.uniform(0.65, 1.05)
    offset = random.choice((0, 0.25)) if rows == 2 else 0
    spots = []
    for index in range(len(birds)):
        row, column = index % rows, index // rows
        shift = column - (across - 1) / 2 + offset * (row - 0.5) + random.uniform(-0.05, 0.05)
        x = width / 2 + step * shift
        bottom = height - 6 - tall * (rows - 1 - row) - (tall - 70 * size) * random.uniform(0, 0.3)
        spots.append((x, bottom))
    facing = random.choice(("left", "right", None, None))
    return [
        {**bird, "x": x, "y": y, "size": size, "facing": facing or random.choice(("left", "right"))}
        for bird, (x, y) in zip(birds, sorted(spots))
    ]


def draw(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The birds of a case on another ground: plain, striped, or with water, in other sizes and places."""
    width, height = canvas.width, canvas.height
    ground, horizon = _scenery(canvas, random)
    share = width / recognition.WIDTH
    tallest = min(1.35 * share, height * 0.8 / 66)
    foot = random.uniform(max(66 * tallest, height * 0.6), height - 14)
    if random.random() < 0.3:  # planks or waves
        color, slope = mix(ground, (60, 60, 60), random.uniform(0.1, 0.4)), random.uniform(-20, 20)
        for x in range(0, width, random.randint(24, 60)):
            canvas.line([(x, horizon), (x + slope, height)], color, 1)
    if random.random() < 0.5:
        placed = _in_rows(facts["birds"], random, width, height)
    else:
        placed = [
            {
                **bird,
                "x": bird["x"] * share,
                "y": min(foot + (bird["y"] - recognition.FOOT) * 2, height - 6),
                "size": min(bird["size"] * share, tallest) * random.uniform(0.85, 1.05),
            }
            for bird in facts["birds"]
        ]
    for index, bird in enumerate(placed):
        x, y = min(max(bird["x"], 1), width - 1), max(bird["y"] - 30 * bird["size"], 1)
        canvas.mark(f"bird {index}", bird["name"], x, y)
    simple = random.random() < 0.65
    for bird in sorted(placed, key=lambda bird: bird["y"]):
        pen = _OtherPen(canvas, bird, random)
        if random.random() < 0.5:
            pen.shadow()
        if simple:
            _simple_bird(pen, bird["name"], random)
        else:
            pen.bird(bird["name"])


def _scenery(canvas: Canvas, random: Random):
    """Sky, ground and now and then water between them; returns the ground's colour and the horizon's y."""
    style, width, height = canvas.style, canvas.width, canvas.height
    sky = random.choice((style.paper, mix((150, 200, 235), (255, 255, 255), random.random())))
    sand, grass = (200, 190, 170), (170, 200, 150)
    ground = random.choice((sky, mix(style.palette[1], (255, 255, 255), 0.6), sand, grass))
    horizon = height * random.uniform(0.3, 0.7)
    canvas.rectangle(0, 0, width, height, fill=sky)
    canvas.rectangle(0, horizon, width, height, fill=ground)
    if random.random() < 0.4:
        canvas.rectangle(0, horizon - height * 0.15, width, horizon, fill=(120, 165, 195))
    return ground, horizon
