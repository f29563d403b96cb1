"""Birds on a quay: how many of them are pelicans?"""

from functools import lru_cache
from random import Random

from PIL import Image, ImageChops

from qvq_nb.cases.birds import BIRDS, count_of
from qvq_nb.cases.drawing import Canvas, Style, mix
from qvq_nb.cases.drawing.birds import Pen
from qvq_nb.cases.scope import Scope, Topic
from qvq_nb.grading.number import Number

WIDTH, HEIGHT = 392, 224  # pixels
QUAY = 152  # y of the far edge of the quay, pixels
FOOT = 186  # y of the middle of the row, pixels
OTHERS = ("gull", "heron", "duck")
MOST_BIRDS = 9
HALF_LENGTH = 25  # pixels from a bird's centre to the tip of its bill, at size 1
OPPOSITE = {"left": "right", "right": "left"}
MOST_PELICANS, MOST_IN_A_CROWD = 15, 18
BACK, FRONT = 164, 214  # y of the feet farthest away and nearest, pixels
LEAST_SEEN = 0.65  # of a bird, and of its upper part with the bill
SIDE = 128  # pixels of a silhouette, which holds the largest bird


def _facts(birds: list[dict]) -> dict:
    return {"birds": birds, "answer": str(sum(bird["name"] == "pelican" for bird in birds))}


# Four whole pelicans in a row and two that the right edge cuts off.
CANONICAL_PLACES = ((44, 186), (117, 190), (190, 185), (262, 189), (365, 184), (393, 191))
CANONICAL = _facts(
    [{"name": "pelican", "x": x, "y": y, "size": 1.25, "facing": "left"} for x, y in CANONICAL_PLACES]
)


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh row: one to eight pelicans, up to three other birds, up to two cut off by one edge.

    Wide ones are a crowd of birds near and far: no to fifteen pelicans, partly behind other birds.
    """
    if wide:
        return _crowd(random)
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
        {"name": name, "x": round(x), "y": FOOT + random.randint(-4, 4), "size": size, "facing": facing}
        for name, x, facing in zip(names, places, facings)
    ]
    if cut:  # the bird at the very edge stands in front, so that its head is seen
        birds[-1]["y"] = FOOT + 5
    if random.random() < 0.3:
        birds = [_mirrored(bird) for bird in reversed(birds)]
    return _facts(birds)


def _crowd(random: Random) -> dict:
    """Birds of several sizes, placed from front to back, so that a new one hides none of the others."""
    pelicans = random.randint(0, MOST_PELICANS)
    others = random.randint(2 * (pelicans == 0), min(6, MOST_IN_A_CROWD - pelicans))
    names = ["pelican"] * pelicans + random.choices(OTHERS, k=others)
    largest = 1.25 - 0.02 * len(names)
    while True:
        random.shuffle(names)
        covered, birds = Image.new("L", (WIDTH, HEIGHT)), []
        feet = sorted((random.randint(BACK, FRONT) for _ in names), reverse=True)
        for name, y in zip(names, feet):
            nearness = (y - BACK) / (FRONT - BACK)
            size = round(largest * (0.75 + 0.25 * nearness) * random.uniform(0.88, 1), 2)
            facing = random.choice(("left", "right"))
            for _ in range(20):
                bird = {
                    "name": name,
                    "x": random.randint(8, WIDTH - 8),
                    "y": y,
                    "size": size,
                    "facing": facing,
                }
                if _is_seen(bird, covered):
                    birds.append(bird)
                    break
        if len(birds) == len(names):
            random.shuffle(birds)
            return _facts(birds)


def _is_seen(bird: dict, covered: Image.Image) -> bool:
    """Whether enough of a bird is inside the picture and not `covered`; if so, what it covers is added."""
    silhouette = _silhouette(bird["name"], bird["size"], bird["facing"])
    corner = bird["x"] - SIDE // 2, bird["y"] - SIDE + 8
    inside = Image.new("L", (SIDE, SIDE))
    inside.paste(255, (-corner[0], -corner[1], WIDTH - corner[0], HEIGHT - corner[1]))
    hidden = covered.crop((*corner, corner[0] + SIDE, corner[1] + SIDE))
    seen = ImageChops.multiply(ImageChops.subtract(inside, hidden), silhouette)
    left, top, right, bottom = silhouette.getbbox()
    for part in ((left, top, right, bottom), (left, top, right, (top + bottom) // 2)):
        if seen.crop(part).histogram()[255] < LEAST_SEEN * silhouette.crop(part).histogram()[255]:
            return False
    covered.paste(255, corner, silhouette)
    return True


@lru_cache(maxsize=1024)
def _silhouette(name: str, size: float, facing: str) -> Image.Image:
    """White where the bird and its shadow are, with the foot 8 pixels above the middle of the lower edge."""
    paper = Style(paper=(255, 0, 255))
    canvas = Canvas(SIDE, SIDE, paper)
    pen = Pen(canvas, {"x": SIDE // 2, "y": SIDE - 8, "size": size, "facing": facing})
    pen.shadow()
    pen.bird(name)
    empty = Canvas(SIDE, SIDE, paper).image()
    return ImageChops.difference(canvas.image(), empty).convert("L").point(lambda value: 255 * (value > 0))


def _facings(random: Random, places: list[float], size: float, usual: str) -> list[str]:
    """Most birds look the usual way; some whole ones turn round where no bill would cross another."""
    facings = [usual] * len(places)
    for index, place in enumerate(places):
        neighbours = [places[other] for other in (index - 1, index + 1) if 0 <= other < len(places)]
        clear = all(abs(place - x) > 2 * HALF_LENGTH * size for x in neighbours)
        if place < WIDTH - 30 and clear and random.random() < 0.3:
            facings[index] = OPPOSITE[usual]
    return facings


def _mirrored(bird: dict) -> dict:
    return {**bird, "x": WIDTH - bird["x"], "facing": OPPOSITE[bird["facing"]]}


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The quay with its birds, which stand where the facts say: `style.shift` moves the scene behind them."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    _sky(canvas)
    _quay(canvas)
    for index, bird in enumerate(facts["birds"]):
        x = min(max(bird["x"], 1), WIDTH - 1)
        canvas.mark(f"bird {index}", bird["name"], x, bird["y"] - 30 * bird["size"])
    for bird in sorted(facts["birds"], key=lambda bird: bird["y"]):
        pen = Pen(canvas, bird)
        pen.shadow()
        pen.bird(bird["name"])
    return canvas


def _sky(canvas: Canvas) -> None:
    """Clouds, a far coast with a lighthouse, and water."""
    style = canvas.style
    dx, dy = style.shift
    horizon = 62 + dy
    sky = mix((214, 230, 240), style.paper, 0.35)
    sea = mix((104, 152, 180), style.palette[0], 0.2)
    coast = mix((126, 150, 150), sky, 0.45)
    canvas.rectangle(0, 0, WIDTH, HEIGHT, fill=sky)
    cloud = mix(sky, (255, 255, 255), 0.7)
    for x, y, width in ((70 + dx * 2, 22, 66), (232 + dx * 2, 34, 84), (360 + dx * 2, 20, 46)):
        canvas.ellipse(x - width / 2, y - 5, x + width / 2, y + 5, fill=cloud)
        canvas.ellipse(x - width / 4, y - 10, x + width / 4, y + 4, fill=cloud)
    hills = (
        (180, 0),
        (214, -7),
        (250, -10),
        (290, -6),
        (330, -13),
        (372, -9),
        (420, -12),
        (420, 6),
        (180, 6),
    )
    canvas.polygon([(x + dx * 3, horizon + y) for x, y in hills], coast)
    tower, corners = 316 + dx * 3, ((-4, -9), (-2.5, -34), (2.5, -34), (4, -9))
    canvas.polygon([(tower + x, horizon + y) for x, y in corners], (250, 248, 244))
    canvas.rectangle(tower - 3.4, horizon - 25, tower + 3.4, horizon - 18, fill=mix(style.accent, sky, 0.35))
    canvas.rectangle(tower - 3, horizon - 40, tower + 3, horizon - 35, fill=mix(style.accent, sky, 0.2))
    canvas.rectangle(0, horizon, WIDTH, QUAY, fill=sea)
    canvas.rectangle(0, horizon, WIDTH, horizon + 14, fill=mix(sea, sky, 0.25))
    ripple = mix(sea, (255, 255, 255), 0.25)
    for row in range(6):
        y = horizon + 10 + row * 14
        for x in range(-30 + row * 23 % 60, WIDTH, 74):
            canvas.line([(x + dx, y), (x + dx + 16 + row * 3, y)], ripple, 1)


def _quay(canvas: Canvas) -> None:
    """The stones of the quay with their joints."""
    dx = canvas.style.shift[0]
    stone = mix((196, 188, 174), canvas.style.accent, 0.06)
    canvas.rectangle(0, QUAY, WIDTH, HEIGHT, fill=stone)
    canvas.rectangle(0, QUAY, WIDTH, QUAY + 6, fill=mix(stone, (255, 255, 255), 0.45))
    joint = mix(stone, (80, 70, 60), 0.3)
    canvas.line([(0, QUAY), (WIDTH, QUAY)], mix(joint, (40, 40, 40), 0.3), 1)
    rows = ((QUAY + 6, QUAY + 24, 58, 18), (QUAY + 24, QUAY + 46, 70, 48), (QUAY + 46, HEIGHT, 84, 10))
    for top, bottom, step, start in rows:
        canvas.line([(0, top), (WIDTH, top)], joint, 1)
        for x in range(start - step, WIDTH + step, step):
            canvas.line([(x + dx, top), (x + dx + (x - WIDTH / 2) * 0.05, bottom)], joint, 1)


def question(facts: dict, language: str) -> str:
    """Asks for the number of pelicans."""
    return {"en": "How many pelicans are there in this picture?", "zh": "图中一共有几只鹈鹕？"}[language]


def target(facts: dict, language: str) -> Number:
    """The number of pelicans, cut ones included."""
    return count_of(facts["answer"], "pelican")


FOLLOW_UPS = {
    "count": (("How many {birds} are there in this picture?", "Count the {birds}.",
               "How many {birds} do you see?", "What is the number of {birds}?"),
              ("图中一共有几只{birds}？", "图里有多少只{birds}？", "数一数{birds}有几只。",
               "{birds}一共几只？")),
}  # fmt: skip


def follow_up(kind: str, facts: dict, language: str, random: Random) -> tuple[dict, dict, Number]:
    """Other birds, or all of them: what is asked about, its words, the target."""
    asked = random.choice(list(BIRDS))
    count = sum(asked in ("bird", bird["name"]) for bird in facts["birds"])
    return {"birds": asked}, {"birds": BIRDS[asked][language == "zh"]}, count_of(str(count), asked)


SCOPE = Scope(
    does={"en": "count birds on a quay", "zh": "数码头上的鸟"},
    en=Topic("pelican gull seagull heron", "bird duck", "many number count total"),
    zh=Topic("鹈鹕 海鸥 苍鹭", "鸟 鸭", "几 多少 数"),
    not_shown=(r"\b(?:eats?|species|wingspan|zoo)\b", "吃什么|吃鱼|多少种鸟|翼展|动物园"),
)
