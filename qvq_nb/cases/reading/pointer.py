"""A column of headlines and an arrow or a hand beside it: at which headline does it point?"""

from random import Random

from qvq_nb.cases import names
from qvq_nb.cases.drawing import Canvas, Style, fitting_size, mix
from qvq_nb.grading.text import Text

WIDTH = 448  # pixels; the height goes by the number of headlines
SMALLEST_TEXT = 13  # of a long wide headline; an easy one has at least 16
MARGIN, ROW = 18, 36  # pixels round the column, and the height of a row
EDGE, TAIL = 330, 414  # x of the pointer's tip, and of the end of its shaft

HEADLINES = (
    ("New bridge opens in {}", "{}新桥通车"),
    ("Bakery in {} wins a prize", "{}面包店获奖"),
    ("{} plants a thousand trees", "{}种下一千棵树"),
    ("Old clock in {} runs again", "{}古钟重新走动"),
    ("Library of {} stays open late", "{}图书馆延长开放"),
    ("Snow closes the road to {}", "大雪封住去{}的路"),
    ("{} gets a night train", "{}开通夜间列车"),
    ("Two swans return to {}", "两只天鹅回到{}"),
    ("Market in {} moves indoors", "{}集市搬进室内"),
    ("School in {} builds a telescope", "{}学校造出望远镜"),
    ("{} lake is clean again", "{}湖水重新变清"),
    ("Lost cat found in {}", "走失的猫在{}找到"),
)  # fmt: skip
WORDS = {"arrow": ("arrow", "箭头"), "hand": ("hand", "手")}


def _facts(headlines: list[list], pointed: int, pointer: str, tail: int = 0) -> dict:
    """Each headline is its number among HEADLINES and the place in it, in Latin and in Chinese letters.

    `tail` says by how many rows an arrow's shaft begins below its tip.
    """
    return {"headlines": headlines, "pointed": pointed, "pointer": pointer, "tail": tail}


CANONICAL = _facts(
    [[0, "Tavi", "兰石"], [3, "Melo", "松江"], [6, "Zoka", "青河"], [9, "Fipa", "白玉"]],
    pointed=2,
    pointer="hand",
)


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh column: four headlines; a wide one has two to eight, in half of them nearly alike."""
    count = random.randint(2, 8) if wide else 4
    kinds = random.sample(range(len(HEADLINES)), count)
    if wide and random.random() < 0.5:
        kinds = random.choices(kinds[:2], k=count)
    latin, chinese = set(), set()
    while len(latin) < count:
        latin.add("".join(random.sample(names.SYLLABLES, random.randint(2, 3))).capitalize())
    while len(chinese) < count:
        chinese.add("".join(random.sample(names.CHARACTERS, 2)))
    headlines = [list(one) for one in zip(kinds, sorted(latin), sorted(chinese))]
    random.shuffle(headlines)
    pointed = random.randrange(count)
    pointer = random.choice(tuple(WORDS))
    bends = wide and pointer == "arrow"
    return _facts(headlines, pointed, pointer, random.randint(-pointed, count - 1 - pointed) if bends else 0)


def _written(headline: list, language: str) -> str:
    kind, latin, chinese = headline
    english, other = HEADLINES[kind]
    return english.format(latin) if language == "en" else other.format(chinese)


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The headlines with lines between them, and the pointer on their right."""
    headlines = [_written(headline, language) for headline in facts["headlines"]]
    height = 28 * -(-(2 * MARGIN + ROW * len(headlines)) // 28)
    canvas = Canvas(WIDTH, height, style, scale)
    dx, dy = style.shift
    left, edge = MARGIN + dx, EDGE + dx
    size = fitting_size(headlines, edge - left - 16, style.text_size, SMALLEST_TEXT)
    for number, headline in enumerate(headlines):
        y = _middle(number) + dy
        canvas.text(left, y, headline, size, key=f"headline {number}")
        if number:
            canvas.line([(left, y - ROW / 2), (edge - 12, y - ROW / 2)], mix(style.ink, style.paper, 0.7), 1)
    y, end = _middle(facts["pointed"]) + dy, _middle(facts["pointed"] + facts["tail"]) + dy
    if facts["pointer"] == "hand":
        _hand(canvas, edge, y)
    else:
        bend = [(TAIL + dx, end)] if end != y else []
        canvas.arrow([*bend, (TAIL + dx, y), (edge, y)], style.accent, 3, head=14)
    canvas.mark("tip", "tip", edge, y)
    return canvas


def _middle(row: int) -> float:
    return MARGIN + ROW * (row + 0.5)


def _hand(canvas: Canvas, x: float, y: float) -> None:
    """A hand from the right whose long finger ends at (x, y)."""
    skin, ink = (245, 205, 165), canvas.style.ink
    canvas.rectangle(x + 56, y - 8, x + 84, y + 16, canvas.style.accent, ink)
    canvas.rectangle(x + 26, y - 13, x + 60, y + 19, skin, ink, radius=8)
    for finger in range(3):
        canvas.rectangle(
            x + 18 + finger, y + 3 + 6 * finger, x + 42, y + 10 + 6 * finger, skin, ink, radius=3
        )
    canvas.rectangle(x, y - 5, x + 42, y + 4, skin, ink, radius=4)


def question(facts: dict, language: str) -> str:
    """Asks for the words of the headline."""
    english, chinese = WORDS[facts["pointer"]]
    return {
        "en": f"Which headline does the {english} point at? Write its words.",
        "zh": f"{chinese}指向哪条标题？写出标题的文字。",
    }[language]


def target(facts: dict, language: str) -> Text:
    """The headline; the other ones are wrong answers."""
    written = [_written(headline, language) for headline in facts["headlines"]]
    right = written.pop(facts["pointed"])
    return Text(right, others=tuple(written))
