"""A page of small text, to be copied line by line."""

from random import Random

from qvq_nb.cases import names
from qvq_nb.cases.drawing import Canvas, Style, text_width
from qvq_nb.grading.forms.transcription import Transcription

WIDTH = 448  # pixels; the height goes by the number of lines
MARGIN, SPACING = 20, 1.5  # pixels, and the height of a line in text sizes
SMALLEST_TEXT = 10
EASY_TEXT = 14


def _line(random: Random, size: int) -> str:
    """A line of either language, as long as fits, or down to half of that."""
    separator, make = random.choice(((" ", _english), ("，", _chinese)))
    room = (WIDTH - 2 * MARGIN) * random.uniform(0.5, 1)
    line = make(random)
    while text_width(longer := line + separator + make(random), size) <= room:
        line = longer
    return line


def _english(random: Random) -> str:
    """A word, an invented word, or a number of things."""
    kind = random.randrange(4)
    if kind == 0:
        return "".join(random.sample(names.SYLLABLES, random.randint(2, 3)))
    if kind == 1:
        return f"{random.choice(names.ENGLISH_GOODS)},"
    if kind == 2:
        return f"{random.randint(2, 999)} {random.choice(names.ENGLISH_GOODS).lower()}"
    return random.choice(names.ENGLISH_GOODS).lower()


def _chinese(random: Random) -> str:
    """A word, an invented word, or a number of things."""
    word = random.choice(names.CHINESE_GOODS)
    kind = random.randrange(3)
    if kind == 0:
        return word
    return (
        f"{random.randint(2, 999)}{word}" if kind == 1 else "".join(random.sample(names.CHARACTERS, 3)) + word
    )


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh page: ten lines, or 10 to 30 of smaller text; `size` is that of the text in pixels."""
    size, count = (random.randint(SMALLEST_TEXT, 13), random.randint(10, 30)) if wide else (EASY_TEXT, 10)
    return {"lines": [_line(random, size) for _ in range(count)], "size": size}


CANONICAL = sample(Random(5))


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The lines, one below the other."""
    spacing = SPACING * facts["size"]
    height = 28 * -(-round(2 * MARGIN + spacing * len(facts["lines"])) // 28)
    canvas = Canvas(WIDTH, height, style, scale)
    dx, dy = style.shift
    for number, line in enumerate(facts["lines"]):
        y = MARGIN + spacing * (number + 0.5) + dy
        canvas.text(MARGIN + dx, y, line, facts["size"], key=f"line {number}")
    return canvas


def question(facts: dict, language: str) -> str:
    """Asks for all of the text."""
    english = "Copy the text of this page line by line, in one code block."
    return {"en": english, "zh": "逐行抄写这一页的文字，写在一个代码块里。"}[language]


def target(facts: dict, language: str) -> Transcription:
    """The lines as they stand on the page."""
    return Transcription(tuple(facts["lines"]))
