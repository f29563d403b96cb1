"""Birds by another hand, or of ovals and triangles, on other grounds."""

from math import cos, radians, sin
from random import Random

from qvq_nb.cases import recognition
from qvq_nb.cases.drawing import Canvas, mix


class _OtherPen(recognition._Pen):
    """The same birds by another hand: stretched, slanted and coloured otherwise."""

    def __init__(self, canvas: Canvas, bird: dict, random: Random):
        super().__init__(canvas, bird)
        self.stretch, self.lean = (random.uniform(0.85, 1.2), random.uniform(0.85, 1.12)), random.uniform(-0.12, 0.12)
        self.tint, self.share = tuple(random.randint(60, 255) for _ in range(3)), random.uniform(0, 0.22)
        self.outlined = random.random() < 0.7

    def _placed(self, points):
        return super()._placed([(x * self.stretch[0] - y * self.lean, y * self.stretch[1]) for x, y in points])

    def blob(self, points, fill, outline=recognition.OUTLINE, steps: int = 5) -> None:
        fill = mix(fill, self.tint, self.share)
        super().blob(points, fill, outline if self.outlined else fill, steps)

    def facet(self, points, fill, outline=recognition.OUTLINE) -> None:
        super().facet(points, mix(fill, self.tint, self.share), outline)


# body length and height, legs, neck and its width, head, bill (pixels at size 1), then colours of body, head and bill
SIMPLE_BIRDS = {
    "pelican": (36, 18, 8, 20, 5, 4.5, 22, ((252, 250, 245), (240, 225, 215), (225, 225, 228)), None, ((246, 166, 35), (240, 140, 60), (235, 190, 90))),
    "gull": (28, 12, 6, 4, 6, 4.5, 6, ((255, 255, 255), (240, 242, 245)), None, ((240, 180, 30), (230, 120, 40))),
    "heron": (24, 12, 26, 23, 3, 3, 14, ((132, 146, 164), (150, 165, 190), (110, 120, 135)), None, ((226, 170, 60), (200, 150, 40), (90, 90, 90))),
    "duck": (32, 14, 3, 5, 6, 5.5, 7, ((160, 122, 88), (130, 90, 60), (190, 160, 120)), ((24, 112, 76), (20, 90, 50), (40, 130, 90)),
             ((240, 190, 40), (240, 140, 40))),
}  # fmt: skip


def _simple_bird(pen, name: str, random: Random) -> None:
    """A bird of ovals, strokes and triangles in proportions of its own, as one draws it with a plotting program."""
    *lengths, bodies, heads, bills = SIMPLE_BIRDS[name]
    length, height, legs, neck, thick, head, bill = (value * random.uniform(0.85, 1.2) for value in lengths)
    body, bill_color = random.choice(bodies), random.choice(bills)
    head_color = random.choice(heads) if heads else body

    def oval(x, y, wide, high, color, tilt=0.0):
        points = [(wide * cos(radians(a)), high * sin(radians(a))) for a in range(0, 360, 30)]
        pen.blob([(x + px * cos(tilt) - py * sin(tilt), y + px * sin(tilt) + py * cos(tilt)) for px, py in points], color, steps=2)

    middle, spread = -legs - height / 2, random.uniform(2, 4)
    pen.legs((-spread, spread), -legs - 2, bill_color if random.random() < 0.6 else (90, 80, 70), random.uniform(1.2, 2.2))
    pen.facet([(-length * 0.4, middle - 3), (-length * random.uniform(0.6, 0.7), middle + random.uniform(-4, 3)), (-length * 0.4, middle + 3)], body)
    oval(0, middle, length / 2, height / 2, body, random.uniform(-0.25, 0.1))
    x, y = length * random.uniform(0.36, 0.46), middle - height * 0.3 - neck
    bend = random.choice((0, 0, 4, -4)) * min(neck / 15, 1)
    pen.neck([(length * 0.33, middle), (length * 0.36 + bend, middle - neck * 0.5), (x, y)], body, thick)
    if random.random() < 0.8:
        shade = random.uniform(0.15, 0.5) if name != "gull" else random.uniform(0.4, 0.6)
        oval(-length * 0.06, middle - height * 0.05, length * 0.3, height * 0.28, mix(body, (70, 75, 90), shade), random.uniform(-0.3, 0.1))
    low = random.uniform(0, 0.45) * bill if name == "pelican" else random.uniform(0, 0.1) * bill
    tip = x + head * 0.6 + bill * (0.85 if low > 0.3 * bill else 1), y + 1 + low
    if name == "pelican" and random.random() < 0.9:
        pouch = random.uniform(4, 9)
        pen.blob([(x + head * 0.6, y + 1), tip, (x + bill * 0.6, y + low * 0.7 + pouch), (x + bill * 0.25, y + low * 0.3 + pouch * 0.8)],
                 mix(bill_color, (255, 230, 120), random.uniform(0, 0.6)))
    pen.facet([(x + head * 0.5, y - head * 0.5), tip, (x + head * 0.5, y + head * 0.6)], bill_color)
    oval(x, y, head, head, head_color)
    pen.dot(x + head * 0.25, y - head * 0.2, max(head * 0.22, 0.9), (20, 20, 25))


def draw(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The birds of a case on another ground: plain, striped, or the kit's own quay, in other sizes and places."""
    style, width, height = canvas.style, canvas.width, canvas.height
    sky = random.choice((style.paper, mix((150, 200, 235), (255, 255, 255), random.random())))
    ground = random.choice((sky, mix(style.palette[1], (255, 255, 255), 0.6), (200, 190, 170), (170, 200, 150)))
    horizon = height * random.uniform(0.3, 0.7)
    canvas.rectangle(0, 0, width, height, fill=sky)
    canvas.rectangle(0, horizon, width, height, fill=ground)
    if random.random() < 0.4:
        canvas.rectangle(0, horizon - height * 0.15, width, horizon, fill=(120, 165, 195))
    share = width / recognition.WIDTH
    tallest = min(1.35 * share, height * 0.8 / 66)
    foot = random.uniform(max(66 * tallest, height * 0.6), height - 14)
    placed = []
    for index, bird in enumerate(facts["birds"]):
        size = min(bird["size"] * share, tallest) * random.uniform(0.85, 1.05)
        x, y = bird["x"] * share, min(foot + (bird["y"] - recognition.FOOT) * 2, height - 6)
        facing = bird["facing"]
        placed.append({**bird, "x": x, "y": y, "size": size, "facing": facing})
        canvas.mark(f"bird {index}", bird["name"], min(max(x, 1), width - 1), max(y - 30 * size, 1))
    simple = random.random() < 0.45
    for bird in sorted(placed, key=lambda bird: bird["y"]):
        pen = _OtherPen(canvas, bird, random)
        if random.random() < 0.5:
            pen.shadow()
        if simple:
            _simple_bird(pen, bird["name"], random)
            continue
        {"pelican": recognition._pelican, "gull": recognition._gull, "heron": recognition._heron, "duck": recognition._duck}[bird["name"]](pen)
