"""The card of an invented person: what stands on it, as JSON, and what does not?"""

from random import Random

from qvq_nb.cases import names
from qvq_nb.cases.drawing import Canvas, Style, fitting_size, mix
from qvq_nb.grading.forms.record import MISSING, Record

WIDTH = 392  # pixels
ROW, TOP = 32, 60  # height of a row and y of the first, pixels
SMALLEST_TEXT = 14  # of a wide card; an easy one has at least 16

# Of each field its key and its label, in English and in Chinese; the first five are those of an easy card.
FIELDS = {
    "name": (("name", "Name"), ("姓名", "姓名")),
    "number": (("number", "Number"), ("编号", "编号")),
    "born": (("born", "Born"), ("出生日期", "出生日期")),
    "height": (("height", "Height"), ("身高", "身高")),
    "until": (("valid until", "Valid until"), ("有效期至", "有效期至")),
    "issued": (("issued", "Issued"), ("签发日期", "签发日期")),
    "class": (("class", "Class"), ("类别", "类别")),
    "fee": (("fee", "Fee"), ("费用", "费用")),
}
EASY = tuple(FIELDS)[:5]
TITLES = (
    ("Boat licence", "船只驾驶证"),
    ("Library card", "图书馆借书证"),
    ("Swimming club", "游泳俱乐部会员证"),
    ("Museum friends", "博物馆之友会员卡"),
    ("Chess club", "棋社会员证"),
)
SKINS = ((244, 208, 177), (214, 162, 120), (150, 100, 70), (96, 62, 44))
HAIRS = ((40, 30, 28), (110, 70, 40), (200, 160, 90), (150, 150, 155))


def _facts(title: int, values: dict, photo: str, skin: int, hair: int, blank: bool = False) -> dict:
    """`values` go by field, in the order in which they are asked; None is missing, `blank` with its label."""
    shown = [field for field, value in values.items() if blank or value is not None]
    return {
        "title": title, "values": values, "shown": shown, "photo": photo, "skin": skin, "hair": hair,
    }  # fmt: skip


CANONICAL = _facts(
    0,
    {"name": "Tavin Solel", "number": "B-20461", "born": "1991-04-17", "height": "5'-05\"", "until": None},
    "left", 1, 0,
)  # fmt: skip


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh card with five fields, one of which may be missing.

    A wide one has four to eight, in any order; up to two are missing, even with their labels there.
    """
    fields = list(EASY)
    if wide:
        others = [field for field in FIELDS if field != "height"]
        fields = ["height", *random.sample(others, random.randint(3, 7))]
        random.shuffle(fields)
    values = {field: _value(random, field, wide) for field in fields}
    can_miss = [field for field in fields if field not in ("name", "height")]
    for field in random.sample(can_miss, random.choice((0, 1, 1, 2) if wide else (0, 1))):
        values[field] = None
    looks = random.choice(("left", "right")), random.randrange(len(SKINS)), random.randrange(len(HAIRS))
    facts = _facts(random.randrange(len(TITLES)), values, *looks, blank=wide and random.random() < 0.5)
    if wide:
        random.shuffle(facts["shown"])
    return facts


def _value(random: Random, field: str, wide: bool) -> str:
    """What stands in a field; one name in three of a wide card has a nickname in quote marks."""
    if field == "name":
        name = names.person(random)
        if wide and name.isascii() and random.random() < 0.4:
            first, last = name.split()
            return f'{first} "{first[:2]}" {last}'
        return name
    if field == "number":
        letters = "".join(random.sample(names.CAPITALS, random.randint(1, 2 if wide else 1)))
        return f"{letters}-{random.randint(1, 999_999) if wide else random.randint(10_000, 99_999):05d}"
    if field == "height":
        return f"{random.randint(4, 6)}'-{random.randint(0, 11):02d}\""
    if field == "class":
        return random.choice(("A", "B", "C1", "D2")) + random.choice(("", "+"))
    if field == "fee":
        cents = round(9_999_999 ** random.random())
        return f"{cents // 100}.{cents % 100:02d}"
    first, last = {"born": (1930, 2012), "until": (2026, 2039), "issued": (2013, 2025)}[field]
    return f"{random.randint(first, last)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The card: its title, a drawn figure and the fields, each with its label."""
    rows = max(5, len(facts["shown"]))
    height = -(-(TOP + ROW * rows + 24) // 28) * 28
    canvas = Canvas(WIDTH, height, style, scale)
    dx, dy = style.shift
    left, top, right, bottom = 8 + dx, 8 + dy, WIDTH - 8 + dx, height - 8 + dy
    canvas.rectangle(left, top, right, bottom, mix(style.palette[0], style.paper, 0.85), style.ink, radius=10)
    canvas.rectangle(left, top, right, top + 36, style.accent, radius=10)
    title = TITLES[facts["title"]][language == "zh"]
    canvas.text(left + 14, top + 18, title, 20, style.paper, bold=True, key="title")
    is_left = facts["photo"] == "left"
    _figure(canvas, left + 12 if is_left else right - 92, top + 50, facts)
    column = left + 106 if is_left else left + 14
    labels = {field: FIELDS[field][language == "zh"][1] for field in FIELDS}
    values_left, room = column + 96, 160
    texts = [value for value in facts["values"].values() if value]
    size = fitting_size(texts, room, style.text_size, SMALLEST_TEXT)
    for index, field in enumerate(facts["shown"]):
        y = TOP + dy + ROW * (index + 0.5)
        canvas.text(column, y, labels[field], 16, mix(style.ink, style.paper, 0.3), key=f"label {field}")
        canvas.line(
            [(values_left, y + 13), (values_left + room, y + 13)], mix(style.ink, style.paper, 0.6), 1
        )
        canvas.text(values_left, y, facts["values"][field] or "", size, key=f"value {field}")
    return canvas


def _figure(canvas: Canvas, left: float, top: float, facts: dict) -> None:
    """A figure of 80 × 100 pixels in a frame; it is nobody."""
    right, bottom, middle = left + 80, top + 100, left + 40
    paper, coat = mix(canvas.style.paper, canvas.style.ink, 0.1), canvas.style.palette[1]
    skin, hair = SKINS[facts["skin"]], HAIRS[facts["hair"]]
    canvas.rectangle(left, top, right, bottom, paper)
    canvas.ellipse(left + 8, top + 70, right - 8, bottom + 50, coat)
    canvas.rectangle(left, bottom, right, bottom + 51, mix(canvas.style.palette[0], canvas.style.paper, 0.85))
    canvas.rectangle(middle - 8, top + 56, middle + 8, top + 76, skin, radius=6)
    canvas.ellipse(middle - 22, top + 14, middle + 22, top + 56, hair)
    canvas.ellipse(middle - 18, top + 20, middle + 18, top + 66, skin)
    for side in (-7, 7):
        canvas.ellipse(middle + side - 2, top + 40, middle + side + 2, top + 44, canvas.style.ink)
    canvas.line([(middle - 6, top + 54), (middle + 6, top + 54)], canvas.style.ink)
    canvas.rectangle(left, top, right, bottom, outline=canvas.style.ink)


def question(facts: dict, language: str) -> str:
    """Asks for all fields as JSON, with their keys."""
    keys = [f'"{FIELDS[field][language == "zh"][0]}"' for field in facts["values"]]
    english = (
        f'Return JSON with the keys {", ".join(keys[:-1])} and {keys[-1]}; write "N/A" for what is missing.'
    )
    chinese = f'以 JSON 返回{"、".join(keys)}；图中没有的写 "N/A"。'
    return {"en": english, "zh": chinese}[language]


def target(facts: dict, language: str) -> Record:
    """The fields in the order of the question."""
    return Record(
        tuple(
            (FIELDS[field][language == "zh"][0], MISSING if value is None else value)
            for field, value in facts["values"].items()
        )
    )
