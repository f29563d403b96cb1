"""The table of derivatives as a table of matplotlib, as a textbook sets it, and as a page."""

from random import Random

from matplotlib.figure import Figure

from qvq_mini.foreign.browser import Page
from qvq_mini.foreign.facts import text_pixels
from qvq_mini.foreign.families import tables
from qvq_mini.foreign.plotting import blank, points

STYLES, HAS_CHINESE = ("default",), False
PRIMES = ("'", "'", "′")


def cells(facts: dict, prime: str = "'") -> list[list[str]]:
    """The table of derivatives, its header first."""
    header = ["x", "f(x)", "g(x)", f"f{prime}(x)", f"g{prime}(x)"]
    return [header, *([str(row[name]) for name in ("x", "f", "g", "f'", "g'")] for row in facts["table"])]


def plot(facts: dict, language: str, random: Random, way: int) -> Figure:
    """The table as one of matplotlib's, or as formulas between a few rules."""
    return (_table, _formulas)[way](facts, random)


def _table(facts: dict, random: Random) -> Figure:
    size = random.choice(((400, 250), (480, 300), (640, 480), (350, 220), (520, 260)))
    texts = cells(facts, random.choice(PRIMES))
    if random.random() < 0.5:
        texts[0] = [f"${name.replace('′', chr(39))}$" for name in texts[0]]
    return tables.plotted(size, texts, (0.2,) * 5, False, random)


def _formulas(facts: dict, random: Random) -> Figure:
    """As a textbook sets it."""
    width, height = random.choice(((400, 250), (480, 300), (360, 240), (560, 360)))
    figure, axes = blank(width, height, random.choice(("white", "white", "#fdf6e3")))
    text = {"fontsize": points(1.1 * text_pixels(width, height, random)), "ha": "center", "va": "center"}
    rows = cells(facts)
    left, top, row_height = 0.08 * width, 0.06 * height, 0.88 * height / len(rows)
    step = (width - 2 * left) / 5
    for row, texts in enumerate(rows):
        for column, formula in enumerate(texts):
            x, y = left + (column + 0.5) * step, top + (row + 0.5) * row_height
            axes.text(x, y, f"${formula}$", **text)
    few, every = {0: 1.8, 1: 1.0, len(rows): 1.8}, dict.fromkeys(range(len(rows) + 1), 0.8)
    for row, line in (few if random.random() < 0.6 else every).items():
        axes.plot((left, width - left), (top + row * row_height,) * 2, color="black", linewidth=line)
    for column in random.choice(((), (1,), range(6))):
        ends = (top, top + len(rows) * row_height)
        axes.plot((left + column * step,) * 2, ends, color="black", linewidth=0.8)
    return figure


def page(facts: dict, language: str, random: Random) -> Page:
    """The table as a spreadsheet or as a web page's table."""
    texts = cells(facts, random.choice(PRIMES))
    write = random.choice((tables.spreadsheet, tables.web_table))
    return write(texts, [random.choice((62, 70, 80))] * 5, "center", random)
