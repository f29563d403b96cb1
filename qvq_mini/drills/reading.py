"""Small pictures for learning to read: text lines and little tables in the words of the case families."""

from random import Random

from qvq_mini.augment import any_style
from qvq_mini.families.chart import BENCHMARKS, MODELS
from qvq_mini.families.chemistry import NAMES
from qvq_mini.families.invoice import ENGLISH_ITEMS, ITEMS
from qvq_mini.samples import Sample
from qvq_mini.thinking import Piece
from qvq_nb.cases import LANGUAGES
from qvq_nb.cases.drawing import Canvas, Style, random_style, text_width

QUESTION = {"en": "Read the text.", "zh": "读出文字。"}
WORDS = (*BENCHMARKS, *ITEMS, *ENGLISH_ITEMS.values(), *NAMES)
WIDTH, HEIGHT = 224, 84  # pixels: 8 × 3 visual tokens
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def sample(random: Random) -> Sample:
    """A small picture of text lines or a table of numbers, to be copied."""
    language = random.choice(LANGUAGES)
    canvas, pieces = draw(random)
    return Sample(canvas.image(), QUESTION[language], pieces, canvas.places, canvas.glyphs)


def draw(random: Random) -> tuple[Canvas, list[Piece]]:
    """A picture of three rows and its transcription in pieces."""
    return (_lines if random.random() < 0.6 else _table)(random)


def _number(random: Random) -> str:
    kind = random.randrange(6)
    if kind == 0:
        return f"{random.randrange(60, 990) / 10:.1f}"
    if kind == 1:
        return f"{random.randrange(10 ** random.randint(2, 6)) / 100:.2f}"
    if kind == 2:
        return f"{random.choice((3, 6, 9, 13))}%"
    if kind == 3:
        return f"{random.randrange(5, 41) * 10} cm"
    if kind == 4:
        return f"¥{random.randrange(10 ** random.randint(3, 6)) / 100:.2f}"
    return str(random.randint(-12, 12))


def _piece(random: Random) -> str:
    kind = random.randrange(10)
    if kind < 4:
        return _number(random)
    if kind < 6:
        return random.choice(MODELS)
    if kind < 9:
        return random.choice(WORDS)
    return "".join(random.choice(LETTERS) for _ in range(random.randint(2, 8)))


def _style(random: Random) -> Style:
    return random_style(random) if random.random() < 0.2 else any_style(random)


def _lines(random: Random) -> tuple[Canvas, list[Piece]]:
    style = _style(random)
    canvas = Canvas(WIDTH, HEIGHT, style)
    pieces = []
    for row in range(3):
        text = _piece(random)
        while text_width(text, style.text_size) < WIDTH / 2 and random.random() < 0.7:
            longer = f"{text} {_piece(random)}"
            if text_width(longer, style.text_size) > WIDTH - 14:
                break
            text = longer
        room = max(WIDTH - 8 - text_width(text, style.text_size), 0)
        canvas.text(
            4 + random.random() * room,
            28 * row + 14 + random.uniform(-3, 3),
            text,
            bold=random.random() < 0.2,
            key=f"line {row}",
        )
        pieces += [Piece(text, f"line {row}"), Piece("\n")]
    return canvas, pieces[:-1]


def _table(random: Random) -> tuple[Canvas, list[Piece]]:
    style = _style(random)
    canvas = Canvas(WIDTH, HEIGHT, style)
    columns = random.choice((2, 3, 4))
    kind = random.choice(("whole", "tenths", "any")[: 3 if columns == 2 else 1 if columns == 4 else 2])
    width = WIDTH / columns
    pieces = []
    for row in range(3):
        cells = [_cell(kind, random) for _ in range(columns)]
        shift = random.uniform(-6, 6)
        for column, text in enumerate(cells):
            canvas.text(
                width * (column + 0.5) + shift,
                28 * row + 14 + style.shift[1] / 3,
                text,
                align="center",
                key=f"cell {row} {column}",
            )
            pieces += [Piece(text, f"cell {row} {column}"), Piece(", " if column < columns - 1 else "\n")]
    if random.random() < 0.5:
        for row in (1, 2):
            canvas.line([(0, 28 * row), (WIDTH, 28 * row)], width=1)
    return canvas, pieces[:-1]


def _cell(kind: str, random: Random) -> str:
    if kind == "whole":
        return str(random.randint(-12, 12))
    return f"{random.randrange(60, 990) / 10:.1f}" if kind == "tenths" else _number(random)
