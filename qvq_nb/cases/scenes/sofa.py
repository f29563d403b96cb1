"""An L-shaped corner sofa, or a straight one, with its dimensions: what is its volume?"""

from decimal import Decimal
from random import Random

from qvq_nb.cases.drawing import Canvas, Style, mix, rounded, text_width
from qvq_nb.cases.scope import Scope, Topic
from qvq_nb.grading.number import Number

WIDTH, HEIGHT = 364, 252  # pixels
MARGIN = 13  # pixels left free on every side, before the style's shift

# Where one centimetre along the sofa's axes goes in the picture: along the back, towards the viewer, and up.
ALONG, FORWARD = (0.93, 0.25), (-0.60, 0.50)  # up is simply up
MOST_TIMES = 7  # how many times as long as deep and high a sofa is at most, so that all can be read
GAP = 11  # pixels from an edge to its dimension line


def _facts(long: int, short: int, depth: int, height: int, unit: str = "cm³") -> dict:
    """All sizes in centimetres; `unit` is the volume's, and the labels are in the same unit."""
    volume = _area(long, short, depth) * height
    sizes = {"long": long, "short": short, "depth": depth, "height": height}
    return {**sizes, "unit": unit, "answer": _in_unit(volume, 3, unit)}


def _area(long: int, short: int, depth: int) -> int:
    """The floor area in cm²: the body is an L-shaped prism, the long section and what the short one adds."""
    return long * depth + (short - depth) * depth


def _in_unit(amount: int, power: int, unit: str) -> str:
    """An amount in cm (`power` 1), cm² (2) or cm³ (3), written in the metres or centimetres of `unit`."""
    return str(amount) if unit == "cm³" else f"{Decimal(amount).scaleb(-2 * power).normalize():f}"


CANONICAL = _facts(300, 180, 90, 90)


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh sofa: multiples of ten; if `wide` any whole centimetres, metres and straight sofas."""
    if wide:
        return _wide_facts(random)
    depth = random.choice((60, 70, 80, 90))
    long = random.randrange(200, 401, 10)
    short = random.randrange(max(130, depth + 40), min(280, long - 10) + 1, 10)
    return _facts(long, short, depth, random.choice((60, 70, 80, 90)))


def _wide_facts(random: Random) -> dict:
    """Sides up to 999 cm, as long as depth and height leave room for their labels in the picture."""
    form = random.choice(("corner", "corner", "straight"))
    depth, height = random.randint(40, 150), random.randint(40, 150)
    longest = min(999, MOST_TIMES * min(depth, height))
    if form == "straight":
        long = random.randint(int(2.3 * depth), max(longest, 3 * depth))
        short = depth
    else:
        long = random.randint(int(2.2 * depth), max(longest, 3 * depth))
        short = random.randint(int(1.6 * depth), long - 1)
    unit = random.choice(("cm³", "cm³", "m³"))
    return {"form": form, **_facts(long, short, depth, height, unit)}


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The sofa in parallel projection, true to the numbers, with a dimension line for each of them."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    long, short, depth, height = (facts[name] for name in ("long", "short", "depth", "height"))
    label = {name: _label(facts[name], facts["unit"]) for name in ("long", "short", "depth", "height")}
    # Of each edge: from, to, the way off the sofa in the picture, label, the fact that it shows.
    edges = (
        ((0, 0, height), (long, 0, height), (0.26, -0.966), label["long"], "long"),
        ((0, short, height), (0, 0, height), (-0.64, -0.768), label["short"], "short"),
        ((long, 0, 0), (long, 0, height), (1, 0), label["height"], "height"),
        ((long, depth, 0), (long, 0, 0), (0.64, 0.768), label["depth"], "depth"),
        ((0, short, 0), (depth, short, 0), (-0.26, 0.966), label["depth"], None),
    )
    if facts.get("form") == "straight":  # there is no short section whose end shows the depth
        edges = edges[:4]
    view = _View()
    for _ in range(3):  # the labels keep their size, so the scale that fits is found step by step
        left, top, right, bottom = _extent(style, view, edges)
        view.scale *= min((WIDTH - 2 * MARGIN) / (right - left), (HEIGHT - 2 * MARGIN) / (bottom - top))
    left, top, right, bottom = _extent(style, view, edges)
    view.x, view.y = (WIDTH - left - right) / 2 + style.shift[0], (HEIGHT - top - bottom) / 2 + style.shift[1]
    _sofa(canvas, view, long, short, depth, height)
    for start, end, away, text, name in edges:
        _dimension(canvas, view(*start), view(*end), away, text, name)
    return canvas


class _View:
    """Turns centimetres (along the back, towards the viewer, up) into pixels; the far corner is at (x, y)."""

    def __init__(self):
        self.scale, self.x, self.y = 0.6, 0.0, 0.0

    def __call__(self, along: float, forward: float, up: float) -> tuple[float, float]:
        return (
            self.x + self.scale * (along * ALONG[0] + forward * FORWARD[0]),
            self.y + self.scale * (along * ALONG[1] + forward * FORWARD[1] - up),
        )

    def all(self, *points) -> list[tuple[float, float]]:
        """The pixels of several points."""
        return [self(*point) for point in points]


def _sofa(canvas: Canvas, view: _View, long: int, short: int, depth: int, height: int) -> None:
    """Back rests along both walls, seats with cushions, an arm rest: from the far corner to the near ones."""
    cloth = mix(canvas.style.palette[0], (150, 150, 158), 0.35)
    cushion = mix(cloth, (255, 255, 255), 0.18)
    back = depth * 0.24  # how thick a back rest is
    base, seat, rest, arm = height * 0.26, height * 0.5, height * 0.97, height * 0.68
    straight = short == depth
    half = (depth + long - back) / 2  # where the two cushions of the long section meet
    floor = view.all(
        *((0, short + 6, 0), (depth + 8, short + 6, 0), (depth + 8, depth + 8, 0)),
        *((long + 8, depth + 8, 0), (long + 8, 0, 0), (0, 0, 0)),
    )
    canvas.polygon(rounded(floor, 8), mix(canvas.style.paper, (120, 120, 130), 0.16))
    for along, forward, up, color, radius in (
        ((0, long), (0, back), (0, height), cloth, 3),
        ((0, back), (0, short), (0, arm if straight else height), cloth, 3),
        ((back, depth), (back, short), (0, base), cloth, 3),
        ((back, long - back), (back, depth), (0, base), cloth, 3),
        ((depth, half), (back, back * 1.7), (seat, rest), cushion, 5),
        ((half, long - back), (back, back * 1.7), (seat, rest), cushion, 5),
        ((back, depth), (back, back * 1.7), (seat, rest), cushion, 5),
        *(() if straight else (((back, back * 1.7), (back * 1.7, short), (seat, rest), cushion, 5),)),
        ((back, depth), (back, depth), (base, seat), cushion, 4),
        ((depth, half), (back, depth), (base, seat), cushion, 4),
        ((half, long - back), (back, depth), (base, seat), cushion, 4),
        *(() if straight else (((back, depth), (depth, short), (base, seat), cushion, 4),)),
        ((long - back, long), (0, depth), (0, arm), cloth, 3),
    ):
        _block(canvas, view, along, forward, up, color, radius)


def _block(canvas: Canvas, view: _View, along, forward, up, color, radius: float) -> None:
    """A box with softened corners, each of its three visible faces in its own shade."""
    (x0, x1), (y0, y1), (z0, z1) = along, forward, up
    edge = mix(color, (30, 30, 40), 0.5)
    outline = view.all((x0, y0, z1), (x1, y0, z1), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0), (x0, y1, z1))
    canvas.polygon(rounded(outline, radius), mix(color, (30, 30, 40), 0.12), edge, 1)
    right = view.all((x1, y0, z1), (x1, y0, z0), (x1, y1, z0), (x1, y1, z1))
    canvas.polygon(rounded(right, radius), mix(color, (30, 30, 40), 0.26))
    top = view.all((x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1))
    canvas.polygon(rounded(top, radius), mix(color, (255, 255, 255), 0.3), edge, 1)


def _dimension(canvas: Canvas, start, end, away, text: str, key: str | None) -> None:
    """A line with two arrow heads beside the edge from `start` to `end`, and its label further `away`."""
    style = canvas.style
    thin = mix(style.ink, style.paper, 0.45)
    near, far = (_moved(point, away, GAP) for point in (start, end))
    for point in (start, end):
        canvas.line([_moved(point, away, 3), _moved(point, away, GAP + 4)], thin, 1)
    canvas.arrow([near, far], style.accent, 1.2)
    canvas.arrow([far, near], style.accent, 1.2)
    left, top, right, bottom = _label_place(style, start, end, away, text)
    canvas.text((left + right) / 2, (top + bottom) / 2, text, align="center", key=key)


def _label_place(style: Style, start, end, away, text: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a label, which touches a line five pixels beyond the dimension line."""
    half_width, half_height = text_width(text, style.text_size) / 2, style.text_size * 0.42
    length = ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5
    normal = ((end[1] - start[1]) / length, (start[0] - end[0]) / length)
    if normal[0] * away[0] + normal[1] * away[1] < 0:
        normal = (-normal[0], -normal[1])
    x, y = _moved(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), away, GAP)
    x, y = _moved((x, y), normal, 5 + abs(normal[0]) * half_width + abs(normal[1]) * half_height)
    return x - half_width, y - half_height, x + half_width, y + half_height


def _extent(style: Style, view: _View, edges) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all labels and dimension lines."""
    boxes = []
    for start, end, away, text, _ in edges:
        start, end = view(*start), view(*end)
        boxes.append(_label_place(style, start, end, away, text))
        boxes += [_moved(point, away, GAP + 4) * 2 for point in (start, end)]
    lefts, tops, rights, bottoms = zip(*boxes)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _label(centimetres: int, unit: str) -> str:
    return f"{centimetres} cm" if unit == "cm³" else f"{Decimal(centimetres).scaleb(-2)} m"


def _moved(point, direction, pixels: float) -> tuple[float, float]:
    return point[0] + direction[0] * pixels, point[1] + direction[1] * pixels


def question(facts: dict, language: str) -> str:
    """Asks for the volume."""
    return {"en": "What is the volume of this sofa?", "zh": "这个沙发的体积是多少？"}[language]


def target(facts: dict, language: str) -> Number:
    """The volume with its unit."""
    return Number(facts["answer"], facts["unit"])


FOLLOW_UPS = {
    "height": (("How high is the sofa?", "What is the height of the sofa?"),
               ("沙发有多高？", "沙发的高度是多少？")),
    "depth": (("How deep is the seat of the sofa?", "What is the depth of the sofa?"),
              ("沙发的座有多宽？", "沙发的宽是多少？")),
    "long": (("How long is the long side of the sofa?", "What is the length of the sofa's long side?"),
             ("沙发的长边有多长？", "沙发长边的长度是多少？")),
    "short": (("How long is the short side of the sofa?", "What is the length of the sofa's short side?"),
              ("沙发的短边有多长？", "沙发短边的长度是多少？")),
    "area": (("What floor area does the sofa cover?", "How large is the area that the sofa stands on?"),
             ("沙发占地面积是多少？", "沙发的底面积有多大？")),
}  # fmt: skip


def follow_up(kind: str, facts: dict, language: str, random: Random) -> tuple[dict, dict, Number]:
    """One of the sizes, or the floor area: what is asked about, its words, the target."""
    if kind == "area":
        area = _area(facts["long"], facts["short"], facts["depth"])
        return {}, {}, Number(_in_unit(area, 2, facts["unit"]), facts["unit"].replace("³", "²"))
    return {}, {}, Number(_in_unit(facts[kind], 1, facts["unit"]), facts["unit"].replace("³", ""))


SCOPE = Scope(
    does={"en": "find the volume and the sides of a corner sofa", "zh": "求转角沙发的体积和边长"},
    en=Topic(
        "sofa couch settee volume",
        "height depth length width side",
        "volume cubic cm long short seat piece furniture side corner big high wide its centimetre tall deep",
    ),
    zh=Topic("沙发", "体积 长边 短边", "体积是 体积有 多长 长度 厘米 求体积"),
    not_shown=(
        r"\bcomfortable\b|sofa cost",
        r"volume of (?:an? |the )?(?:cube|sphere|ball|cylinder|cone)",
        r"volume of (?:an? |the )?(?:earth|moon|pacific|ocean|sea|lake|water|gas)",
        "多重|舒服|坐几|材料做",
    ),
)
