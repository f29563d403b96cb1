"""An L-shaped corner sofa, a straight one or a U-shaped one, with its dimensions: what is its volume?

A body is a prism of its full height. A U shape is drawn from above, with its height below the drawing.
"""

from decimal import Decimal
from random import Random

from qvq_nb.cases.drawing import Canvas, Style, text_width
from qvq_nb.cases.drawing.sofas import View, draw_corner, draw_dimensions, draw_plan, fit
from qvq_nb.cases.scope import Scope, Topic
from qvq_nb.grading.number import Number

WIDTH, HEIGHT = 364, 252  # pixels
MARGIN = 13  # pixels left free on every side, before the style's shift
CAPTION = 26  # pixels below a sofa seen from above, where its height stands
MOST_TIMES = 7  # how many times as long as deep and high a sofa is at most, so that all can be read


def _facts(
    long: int, short: int, depth: int, height: int, unit: str = "cm³", right: int | None = None
) -> dict:
    """All sizes in centimetres; `unit` is the volume's, and the labels are in the same unit.

    `right` is the third side of a U shape, `long` its back.
    """
    volume = _area(long, short, depth, right or depth) * height
    sizes = {"long": long, "short": short, "depth": depth, "height": height}
    if right:
        sizes["right"] = right
    return {**sizes, "unit": unit, "answer": _in_unit(volume, 3, unit)}


def _area(long: int, short: int, depth: int, right: int) -> int:
    """The floor area in cm²: that of the long section and what the short one and one at the right add."""
    return long * depth + (short - depth) * depth + (right - depth) * depth


def _in_unit(amount: int, power: int, unit: str) -> str:
    """An amount in cm (`power` 1), cm² (2) or cm³ (3), written in the metres or centimetres of `unit`."""
    return str(amount) if unit == "cm³" else f"{Decimal(amount).scaleb(-2 * power).normalize():f}"


CANONICAL = _facts(300, 180, 90, 90)


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh sofa: multiples of ten; if `wide` any whole centimetres, metres and forms."""
    if wide:
        return _wide_facts(random)
    depth = random.choice((60, 70, 80, 90))
    long = random.randrange(200, 401, 10)
    short = random.randrange(max(130, depth + 40), min(280, long - 10) + 1, 10)
    return _facts(long, short, depth, random.choice((60, 70, 80, 90)))


def _wide_facts(random: Random) -> dict:
    """Sides up to 999 cm, as long as depth and height leave room for their labels in the picture."""
    form = random.choice(("corner", "corner", "straight", "U"))
    depth, height = random.randint(40, 150), random.randint(40, 150)
    longest, right = min(999, MOST_TIMES * min(depth, height)), None
    if form == "U":
        long = random.randint(3 * depth, min(999, MOST_TIMES * depth))
        short, right = (random.randint(int(1.6 * depth), int(3.5 * depth)) for _ in range(2))
    elif form == "straight":
        long = random.randint(int(2.3 * depth), max(longest, 3 * depth))
        short = depth
    else:
        long = random.randint(int(2.2 * depth), max(longest, 3 * depth))
        short = random.randint(int(1.6 * depth), long - 1)
    unit = random.choice(("cm³", "cm³", "m³"))
    return {"form": form, **_facts(long, short, depth, height, unit, right)}


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The sofa in parallel projection or from above, true to the numbers, with a dimension line for each."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    if "right" in facts:
        _draw_from_above(canvas, facts, language)
        return canvas
    long, short, depth, height = (facts[name] for name in ("long", "short", "depth", "height"))
    label = _labels(facts)
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
    view = View()
    fit(view, canvas, edges, MARGIN)
    draw_corner(canvas, view, long, short, depth, height)
    draw_dimensions(canvas, view, edges)
    return canvas


def _draw_from_above(canvas: Canvas, facts: dict, language: str) -> None:
    long, left, right, depth = (facts[name] for name in ("long", "short", "right", "depth"))
    label = _labels(facts)
    edges = (
        ((0, 0, 0), (long, 0, 0), (0, -1), label["long"], "long"),
        ((0, left, 0), (0, 0, 0), (-1, 0), label["short"], "short"),
        ((long, 0, 0), (long, right, 0), (1, 0), label["right"], "right"),
        ((0, left, 0), (depth, left, 0), (0, 1), label["depth"], "depth"),
        ((long - depth, right, 0), (long, right, 0), (0, 1), label["depth"], None),
        ((depth, 0, 0), (depth, depth, 0), (1, 0), label["depth"], None),
    )
    view = View(along=(1, 0), forward=(0, 1), up=0)
    fit(view, canvas, edges, MARGIN, CAPTION)
    draw_plan(canvas, view, long, left, right, depth)
    draw_dimensions(canvas, view, edges)
    caption, gap = {"en": "seen from above, height", "zh": "俯视图，高"}[language], 6
    (dx, dy), size = canvas.style.shift, canvas.style.text_size
    width, measure = text_width(caption, size), text_width(label["height"], size)
    x, y = (WIDTH - width - gap - measure) / 2 + dx, HEIGHT - 20 + dy
    canvas.text(x + width / 2, y, caption, align="center")
    canvas.text(x + width + gap + measure / 2, y, label["height"], align="center", key="height")


def _labels(facts: dict) -> dict[str, str]:
    """Each size as it is written beside its edge."""
    sizes = {name: facts[name] for name in ("long", "short", "right", "depth", "height") if name in facts}
    if facts["unit"] == "cm³":
        return {name: f"{size} cm" for name, size in sizes.items()}
    return {name: f"{Decimal(size).scaleb(-2)} m" for name, size in sizes.items()}


def question(facts: dict, language: str) -> str:
    """Asks for the volume."""
    return {"en": "What is the volume of this sofa?", "zh": "这个沙发的体积是多少？"}[language]


NOT_THE_SOFA = (
    *("armrest", "backrest", "seat", "cushion", "leg", "box", "room"),
    *("扶手", "靠背", "坐垫", "沙发腿", "外框", "盒子", "房间"),
)


def target(facts: dict, language: str) -> Number:
    """The volume with its unit; that of a part, or of the box around all, is another one."""
    return Number(facts["answer"], facts["unit"], others=NOT_THE_SOFA)


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
U_FOLLOW_UPS = {
    **{kind: FOLLOW_UPS[kind] for kind in ("height", "depth", "area")},
    "long": (("How long is the back of the sofa?", "What is the length of the sofa along its back?"),
             ("沙发靠背那一边有多长？", "沙发靠背一边的长度是多少？")),
    "short": (("How long is the sofa's left side, seen from above?",
               "What is the length of the left side?"),
              ("从上往下看，沙发左边有多长？", "沙发左侧的长度是多少？")),
    "right": (("How long is the sofa's right side, seen from above?",
               "What is the length of the right side?"),
              ("从上往下看，沙发右边有多长？", "沙发右侧的长度是多少？")),
}  # fmt: skip


def follow_ups(facts: dict) -> dict:
    """The follow-ups of these facts: of a U shape, the sides as they lie in the drawing."""
    return U_FOLLOW_UPS if "right" in facts else FOLLOW_UPS


def follow_up(kind: str, facts: dict, language: str, random: Random) -> tuple[dict, dict, Number]:
    """One of the sizes, or the floor area: what is asked about, its words, the target."""
    if kind == "area":
        area = _area(facts["long"], facts["short"], facts["depth"], facts.get("right", facts["depth"]))
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
