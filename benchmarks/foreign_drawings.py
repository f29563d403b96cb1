"""Does a model read drawings that this project's generators did not make?

    python benchmarks/foreign_drawings.py                    ten pictures per family and kind, a few minutes
    python benchmarks/foreign_drawings.py --keep pictures    and keeps them, with a page that shows the answers

The facts of a case are drawn by the kit, as for every fresh case, but from seeds that no training uses; then
  restyled    the kit's own drawing goes through what happens to pictures: JPEG, a slight rotation, margins, resizing, blur;
  matplotlib  the facts are drawn anew with matplotlib, in the fonts and styles found on this machine;
  html        they are a spreadsheet, a web page's table or an SVG, and chromium takes the screenshot.
No picture may be needed for training or for choosing between trainings: this is the test.
"""

import html
import io
import json
import logging
import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Annotated

import typer
from matplotlib import font_manager, patheffects, rc_context
from matplotlib import style as matplotlib_style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, FancyBboxPatch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path as Curve
from matplotlib.transforms import Affine2D
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

import qvq_nb
from qvq_nb import cases
from qvq_nb.cases import FAMILIES, LANGUAGES, Case, chemistry, family_module
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.counting import COLUMNS, table_of
from qvq_nb.evaluation.interval import accuracy
from qvq_nb.paths import data_folder

logging.getLogger("matplotlib.font_manager").setLevel(
    logging.ERROR
)  # a font without a regular weight is used as it is

SEEDS_FROM = 20_000_000
KINDS = ("restyled", "matplotlib", "html")
SEEN_PIXELS = 200 * 28 * 28  # a larger picture is scaled down to this many before the model sees it
LEAST_TEXT_PIXELS = 12  # size of the type, after that scaling
LATIN_FONTS = (
    "DejaVuSans.ttf", "DejaVuSerif.ttf", "LiberationSans-Regular.ttf", "LiberationSerif-Regular.ttf", "Carlito-Regular.ttf",
    "Caladea-Regular.ttf", "Lato-Regular.ttf", "OpenSans-Regular.ttf", "Roboto-Regular.ttf", "FreeSans.ttf",
)  # fmt: skip
CHINESE_FONTS = (
    "NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc", "wqy-microhei.ttc", "wqy-zenhei.ttc", "LXGWWenKai-Regular.ttf",
)  # fmt: skip
STYLES = (
    "default", "default", "default", "ggplot", "bmh", "fivethirtyeight", "seaborn-v0_8", "seaborn-v0_8-whitegrid", "seaborn-v0_8-pastel",
    "tableau-colorblind10", "petroff10", "Solarize_Light2", "grayscale",
)  # fmt: skip
WORDS = {
    "en": {"invoice": "VAT invoice", "columns": ("Item", "Amount", "Rate", "Tax"), "total": "Total",
           "charts": ("Benchmark results", "Accuracy (%)", "Model comparison"), "ylabel": "Score"},
    "zh": {"invoice": "增值税普通发票", "columns": ("项目", "金额", "税率", "税额"), "total": "合计",
           "charts": ("试题正确率", "数学与推理", "正确率(%)"), "ylabel": "正确率"},
}  # fmt: skip


# ---- the facts -------------------------------------------------------------------------------------------------------


def language_of(seed: int) -> str:
    """The languages take turns."""
    return LANGUAGES[seed % len(LANGUAGES)]


def facts_of(family: str, seed: int) -> dict:
    """Facts as the kit draws them for a fresh case."""
    return family_module(family).sample(Random(f"foreign-{family}-{seed}"))


def case_of(family: str, seed: int, image: Image.Image, facts: dict) -> Case:
    """The picture with the kit's own question and truth, so that the kit's check grades the answer."""
    return cases.case_of(family, facts, image, language_of(seed), seed)


def text_pixels(width: float, height: float, random: Random, largest=1.25) -> int:
    """A size of type that a person can still read once the picture is scaled down for the model."""
    return math.ceil(
        random.choice((1, 1.1, largest)) * LEAST_TEXT_PIXELS * max(1, math.sqrt(width * height / SEEN_PIXELS))
    )


def derivative_cells(facts: dict, prime: str = "'") -> list[list[str]]:
    """The table of derivatives, its header first."""
    header = ["x", "f(x)", "g(x)", f"f{prime}(x)", f"g{prime}(x)"]
    return [header, *([str(row[name]) for name in ("x", "f", "g", "f'", "g'")] for row in facts["table"])]


def invoice_cells(facts: dict, language: str, random: Random) -> list[list[str]]:
    """The lines of an invoice, the header first and the totals last."""
    words, yuan = WORDS[language], random.choice(("¥", ""))
    columns, total = words["columns"], words["total"]
    if language == "en" and random.random() < 0.5:  # as on a bilingual form
        columns = [f"{chinese} {english}" for chinese, english in zip(WORDS["zh"]["columns"], columns)]
        total = f"{WORDS['zh']['total']} {total}"
    lines = [[line["item"], line["amount"], f"{line['rate']}%", line["tax"]] for line in facts["lines"]]
    return [list(columns), *lines, [total, yuan + facts["total_amount"], "", yuan + facts["total_tax"]]]


# ---- restyled --------------------------------------------------------------------------------------------------------


def restyled(family: str, seed: int) -> Case:
    """The kit's own drawing after what happens to a picture on its way."""
    case = qvq_nb.case(family, seed=seed, language=language_of(seed))
    random = Random(f"restyled-{family}-{seed}")
    image, often = case.image.convert("RGB"), lambda share: random.random() < share
    paper = random.choice(("white", image.getpixel((0, 0)), (244, 240, 229)))
    scale = random.uniform(0.75, 1.6)
    image = image.resize(
        (round(image.width * scale), round(image.height * scale)),
        random.choice((Image.BILINEAR, Image.BICUBIC, Image.LANCZOS)),
    )
    if often(0.6):
        image = ImageEnhance.Contrast(image).enhance(random.uniform(0.7, 1.25))
        image = ImageEnhance.Brightness(image).enhance(random.uniform(0.8, 1.15))
    if often(0.2):
        image = image.convert("L").convert("RGB")
    if often(0.6):
        image = ImageOps.expand(
            image, tuple(random.choice((0, random.randint(4, 60))) for _ in range(4)), paper
        )
    if often(0.5):
        image = image.rotate(random.uniform(-3, 3), Image.BICUBIC, expand=True, fillcolor=paper)
    if often(0.4):
        image = image.filter(ImageFilter.GaussianBlur(random.uniform(0.3, 0.8) * max(1, scale)))
    if often(0.75):
        image = _through_jpeg(image, random.randint(40, 90))
    return case_of(family, seed, image, case.facts)


def _through_jpeg(image: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


# ---- matplotlib ------------------------------------------------------------------------------------------------------


def drawn_by_matplotlib(family: str, seed: int) -> Case:
    """The facts drawn anew with matplotlib."""
    random, facts, language = Random(f"matplotlib-{family}-{seed}"), facts_of(family, seed), language_of(seed)
    draw = {
        "recognition": birds, "invoice": invoice_table, "chart": bar_chart, "chemistry": flow_chart, "sofa": sofa_drawing,
        "derivative": random.choice((derivative_table, derivative_formulas)),
    }[family]  # fmt: skip
    latin, chinese = (
        random.choice(_installed(LATIN_FONTS)),
        random.choice(_installed(CHINESE_FONTS) or _shipped_font()),
    )
    has_chinese = language == "zh" or family == "invoice"
    families = random.choice(([chinese], [latin, chinese])) if has_chinese else [latin]
    settings = {
        "font.family": families,
        "axes.unicode_minus": False,
        "mathtext.fontset": random.choice(("dejavusans", "cm", "stix")),
    }
    with (
        matplotlib_style.context(random.choice(STYLES) if family == "chart" else "default"),
        rc_context(settings),
    ):
        return case_of(family, seed, _pixels(draw(facts, language, random)), facts)


@cache
def _installed(file_names: tuple[str, ...]) -> list[str]:
    """The family names of those fonts that this machine has; matplotlib brings DejaVu."""
    paths = {
        Path(path).name: path
        for path in [*font_manager.findSystemFonts(), font_manager.findfont("DejaVu Sans")]
    }
    return [_added(paths[name]) for name in file_names if name in paths]


@cache
def _shipped_font() -> list[str]:
    return [_added(str(data_folder() / "fonts" / "NotoSansSC-Regular-subset.otf"))]


def _added(path: str) -> str:
    font_manager.fontManager.addfont(path)
    return font_manager.get_font(path).family_name


def _pixels(figure: Figure) -> Image.Image:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba()).convert("RGB")


def points(pixels: float, dpi: float) -> float:
    """A size of type in points."""
    return pixels * 72 / dpi


def blank(width: int, height: int, color="white", dpi=100) -> tuple[Figure, object]:
    """A figure whose axes count pixels from the upper left corner."""
    figure = Figure((width / dpi, height / dpi), dpi=dpi, facecolor=color)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    return figure, axes


def bar_chart(facts: dict, language: str, random: Random) -> Figure:
    """Grouped bars with the values on them, as in matplotlib's gallery."""
    width, height, dpi = random.choice(
        ((6.4, 4.8, 100), (6.4, 4.8, 80), (5, 3.5, 90), (5.5, 4, 100), (6, 3.6, 90))
    )
    size = points(text_pixels(width * dpi, height * dpi, random), dpi)
    figure = Figure((width, height), dpi=dpi, layout="constrained")
    axes, words = figure.add_subplot(), WORDS[language]
    models, share = list(facts["values"]), random.uniform(0.78, 0.9) / len(facts["benchmarks"])
    for index, benchmark in enumerate(facts["benchmarks"]):
        places = [
            place + (index - (len(facts["benchmarks"]) - 1) / 2) * share for place in range(len(models))
        ]
        bars = axes.bar(
            places, [float(facts["values"][model][index]) for model in models], share, label=benchmark
        )
        axes.bar_label(
            bars,
            [facts["values"][model][index] for model in models],
            fontsize=size,
            padding=random.choice((1, 3)),
        )
    axes.set_xticks(range(len(models)), models)
    axes.tick_params(labelsize=size)
    if random.random() < 0.6:
        axes.set_title(random.choice(words["charts"]), fontsize=1.2 * size)
    if random.random() < 0.5:
        axes.set_ylabel(words["ylabel"], fontsize=size)
    if random.random() < 0.3:
        axes.set_yticks([])
    _place_legend(figure, axes, size, random)
    _part_names(figure, axes, random)
    return figure


def _place_legend(figure, axes, size, random) -> None:
    """In a corner, with room made above the bars, or outside."""
    if random.random() < 0.35:
        wide = figure.get_figwidth() * figure.dpi > 520
        place = random.choice(
            ["outside upper center", "outside lower center", "outside right upper"][: 3 if wide else 2]
        )
        figure.legend(loc=place, ncols=1 if "right" in place else 3, fontsize=size)
        axes.margins(y=0.1)
        return
    legend = axes.legend(
        loc=random.choice(("upper left", "upper right", "upper center")),
        ncols=random.choice((1, 3)),
        fontsize=size,
    )
    figure.draw_without_rendering()
    taken = (legend.get_window_extent().height + 3 * size * figure.dpi / 72) / axes.get_window_extent().height
    axes.set_ylim(0, axes.dataLim.y1 / (1 - taken))


def _part_names(figure, axes, random) -> None:
    """Names that would run into each other are turned or broken after a hyphen; now and then they are turned anyhow."""
    figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in axes.get_xticklabels()]
    crowded = any(left.x1 + 4 > right.x0 for left, right in zip(boxes, boxes[1:]))
    if (crowded and random.random() < 0.5) or random.random() < 0.15:
        axes.tick_params(axis="x", labelrotation=random.choice((15, 20, 30)))
        for label in axes.get_xticklabels():
            label.set(horizontalalignment="right", rotation_mode="anchor")
    elif crowded:
        axes.set_xticks(
            axes.get_xticks(), [_in_two_lines(label.get_text()) for label in axes.get_xticklabels()]
        )


def _in_two_lines(name: str) -> str:
    hyphens = [place + 1 for place, letter in enumerate(name) if letter == "-"]
    if len(name) < 9 or not hyphens:
        return name
    middle = min(hyphens, key=lambda place: abs(place - len(name) / 2))
    return f"{name[:middle]}\n{name[middle:]}"


def _table(figure_size, cells, column_shares, aligned, random: Random, title="") -> Figure:
    width, height = figure_size
    size = points(text_pixels(width, height, random), 100)
    figure = Figure((width / 100, height / 100), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    top = 0.84 if title else random.uniform(0.92, 0.98)
    left, bottom = random.uniform(0.02, 0.08), random.uniform(0.03, 0.1)
    if title:
        axes.text(
            0.5,
            0.92,
            title,
            fontsize=1.3 * size,
            ha="center",
            va="center",
            color=random.choice(("black", "#8b1a1a", "#1f3a68")),
        )
    table = axes.table(
        cells, colWidths=column_shares, cellLoc="center", bbox=(left, bottom, 1 - 2 * left, top - bottom),
        edges=random.choice(("closed", "closed", "horizontal")),
    )  # fmt: skip
    table.auto_set_font_size(False)
    table.set_fontsize(size)
    head, stripe = (
        random.choice(("white", "#dddddd", "#cfe2f3", "#40466e", "#f4cccc")),
        random.choice(("white", "#f2f2f2")),
    )
    edge, line = random.choice(("black", "black", "#888888", "#8b1a1a")), random.uniform(0.5, 1.4)
    for (row, column), cell in table.get_celld().items():
        cell.set(
            facecolor=head if row == 0 else stripe if row % 2 == 0 else "white",
            edgecolor=edge,
            linewidth=line,
        )
        filled = cell.visible_edges == "BRTL"  # matplotlib fills no cell that lacks an edge
        cell.set_text_props(color="white" if row == 0 and head == "#40466e" and filled else "black")
        if row and column and aligned:
            cell.set_text_props(ha="right")
            cell.PAD = 0.06
    return figure


def invoice_table(facts: dict, language: str, random: Random) -> Figure:
    """An invoice as a matplotlib table."""
    cells = invoice_cells(facts, language, random)
    width, height = random.choice(((480, 300), (560, 320), (420, 260), (640, 400)))
    title = random.choice((WORDS[language]["invoice"], WORDS["zh"]["invoice"], ""))
    return _table((width, height), cells, (0.26, 0.3, 0.18, 0.26), random.random() < 0.5, random, title)


def derivative_table(facts: dict, language: str, random: Random) -> Figure:
    """The table of derivatives as a matplotlib table."""
    width, height = random.choice(((400, 250), (480, 300), (640, 480), (350, 220), (520, 260)))
    cells = derivative_cells(facts, random.choice(("'", "'", "′")))
    if random.random() < 0.5:
        cells[0] = [f"${name.replace('′', chr(39))}$" for name in cells[0]]
    return _table((width, height), cells, (0.2,) * 5, False, random)


def derivative_formulas(facts: dict, language: str, random: Random) -> Figure:
    """The table of derivatives as a textbook sets it: formulas between a few rules."""
    width, height = random.choice(((400, 250), (480, 300), (360, 240), (560, 360)))
    figure, axes = blank(width, height, random.choice(("white", "white", "#fdf6e3")))
    size = points(1.1 * text_pixels(width, height, random), 100)
    cells = derivative_cells(facts)
    left, top, row_height = 0.08 * width, 0.06 * height, 0.88 * height / len(cells)
    step = (width - 2 * left) / 5
    for row, texts in enumerate(cells):
        for column, text in enumerate(texts):
            axes.text(
                left + (column + 0.5) * step,
                top + (row + 0.5) * row_height,
                f"${text}$",
                fontsize=size,
                ha="center",
                va="center",
            )
    rules = (
        {0: 1.8, 1: 1.0, len(cells): 1.8}
        if random.random() < 0.6
        else dict.fromkeys(range(len(cells) + 1), 0.8)
    )
    for row, line in rules.items():
        axes.plot((left, width - left), (top + row * row_height,) * 2, color="black", linewidth=line)
    for column in random.choice(((), (1,), range(6))):
        axes.plot(
            (left + column * step,) * 2, (top, top + len(cells) * row_height), color="black", linewidth=0.8
        )
    return figure


# ---- the flow chart and the sofa, as lines in pixels that matplotlib and SVG both draw ---------------------------------


def text_width(text: str, size: float) -> float:
    """Pixels, roughly: a Chinese character is as wide as high, a Latin one a little over half of that."""
    return size * sum(1 if ord(letter) > 0x2E80 else 0.56 for letter in text)


def chemistry_plan(facts: dict, language: str, random: Random) -> SimpleNamespace:
    """Boxes and arrows of the flow chart: in a snake of three or four columns, or in two columns."""
    words, reagent = chemistry.LABELS[language], chemistry.REAGENTS[facts["anion"]]
    inputs = words["inputs"].format(reagent[language])
    (width, height), places = random.choice(_FLOWS)
    if places is _TWO_COLUMNS and language == "en":
        inputs = inputs.replace(", ", ",\n")
    powder = "\n".join(words["powder"]).format(chemistry.DISPLACERS[facts["displacer"]][language])
    texts = {
        "inputs": inputs, "ore": chemistry.ORES[facts["ore"]][language], "crush": words["crush"], "roast": words[reagent["process"]],
        "gas": words["gas"], "solid": words["solid"], "leach": words["leach"], "residue": words["residue"], "filtrate": words["filtrate"],
        "powder": powder, "crude": words["crude"].format(chemistry.METALS[facts["won"]][language]), "last": words["last"],
    }  # fmt: skip
    size = text_pixels(width, height, random, largest=1.1)
    boxes = {}
    for name, (across, down) in places.items():
        lines = texts[name].split("\n")
        half_width, half_height = (
            max(text_width(line, size) for line in lines) / 2 + 0.6 * size,
            (0.62 * len(lines) + 0.4) * size,
        )
        x = min(max(across * width, half_width + 3), width - half_width - 3)
        boxes[name] = SimpleNamespace(
            name=name, x=x, y=down * height, lines=lines, half_width=half_width, half_height=half_height
        )
    pairs = [("ore", "crush"), ("crush", "roast"), ("inputs", "roast"), ("roast", "gas"), ("roast", "solid"), ("solid", "leach"),
             ("leach", "residue"), ("leach", "filtrate"), ("filtrate", "powder"), ("powder", "crude"), ("powder", "last")]  # fmt: skip
    arrows = [
        _connection(boxes[start], boxes[end]) for start, end in pairs if start in boxes and end in boxes
    ]
    return SimpleNamespace(width=width, height=height, size=size, boxes=list(boxes.values()), arrows=arrows)


_THREE_COLUMNS = {
    "inputs": (0.75, 0.07), "ore": (0.14, 0.25), "crush": (0.45, 0.25), "roast": (0.75, 0.25), "gas": (0.93, 0.25), "solid": (0.75, 0.48),
    "leach": (0.45, 0.48), "residue": (0.45, 0.67), "filtrate": (0.14, 0.48), "powder": (0.14, 0.85), "crude": (0.72, 0.77), "last": (0.72, 0.93),
}  # fmt: skip
_FOUR_COLUMNS = {
    "inputs": (0.62, 0.1), "ore": (0.1, 0.34), "crush": (0.36, 0.34), "roast": (0.62, 0.34), "solid": (0.88, 0.34), "leach": (0.88, 0.67),
    "residue": (0.88, 0.92), "filtrate": (0.62, 0.67), "powder": (0.36, 0.67), "crude": (0.1, 0.57), "last": (0.1, 0.77),
}  # fmt: skip
_TWO_COLUMNS = {
    "inputs": (0.12, 0.63), "ore": (0.37, 0.12), "crush": (0.37, 0.38), "roast": (0.37, 0.63), "solid": (0.37, 0.88), "leach": (0.72, 0.88),
    "residue": (0.93, 0.88), "filtrate": (0.72, 0.63), "powder": (0.72, 0.38), "crude": (0.6, 0.11), "last": (0.86, 0.11),
}  # fmt: skip
_FLOWS = [
    ((480, 330), _THREE_COLUMNS),
    ((560, 380), _THREE_COLUMNS),
    ((620, 250), _FOUR_COLUMNS),
    ((640, 330), _TWO_COLUMNS),
]


def _connection(start, end) -> list[tuple[float, float]]:
    """From border to border: straight where the boxes stand in line, else round two corners."""
    across, down = end.x - start.x, end.y - start.y
    right, below = math.copysign(1, across), math.copysign(1, down)
    if abs(across) < min(start.half_width, end.half_width) and abs(down) > start.half_height:
        return [(start.x, start.y + below * start.half_height), (start.x, end.y - below * end.half_height)]
    if abs(down) < 4:
        return [(start.x + right * start.half_width, start.y), (end.x - right * end.half_width, end.y)]
    if abs(down) > 3 * start.half_height and abs(across) < 2.2 * max(start.half_width, end.half_width):
        middle = (start.y + below * start.half_height + end.y - below * end.half_height) / 2
        return [
            (start.x, start.y + below * start.half_height),
            (start.x, middle),
            (end.x, middle),
            (end.x, end.y - below * end.half_height),
        ]
    middle = start.x + right * (
        start.half_width + min(25, (abs(across) - start.half_width - end.half_width) / 2)
    )
    return [
        (start.x + right * start.half_width, start.y),
        (middle, start.y),
        (middle, end.y),
        (end.x - right * end.half_width, end.y),
    ]


def sofa_plan(facts: dict, random: Random) -> SimpleNamespace:
    """The L-shaped prism seen from above: its faces and seams, and the dimension lines with their labels, true to scale."""
    width, height = random.choice(((400, 280), (480, 340), (560, 400), (420, 320)))
    size = text_pixels(width, height, random)
    turn, tilt, mirrored = (
        math.radians(random.uniform(18, 38)),
        math.radians(random.uniform(26, 40)),
        random.random() < 0.5,
    )
    long, short, depth, tall = (facts[name] for name in ("long", "short", "depth", "height"))

    def flat(x, y, z):
        across = x * math.cos(turn) - y * math.sin(turn)
        return -across if mirrored else across, (x * math.sin(turn) + y * math.cos(turn)) * math.sin(
            tilt
        ) - z * math.cos(tilt)

    outline = [(0, 0), (long, 0), (long, depth), (depth, depth), (depth, short), (0, short)]
    corners = [flat(x, y, z) for x, y in outline for z in (0, tall)]
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    top, bottom = min(y for _, y in corners), max(y for _, y in corners)
    scale = min((width - 9.5 * size) / (right - left), (height - 6 * size) / (bottom - top))

    def seen(x, y, z):
        across, down = flat(x, y, z)
        return width / 2 + scale * (across - (left + right) / 2), height / 2 + scale * (
            down - (top + bottom) / 2
        )

    def upright(start, end):
        return [seen(*start, 0), seen(*end, 0), seen(*end, tall), seen(*start, tall)]

    faces = [  # the corners and how bright it is
        ([seen(x, y, tall) for x, y in outline], 1.0),
        (upright((0, short), (depth, short)), 0.85), (upright((depth, depth), (long, depth)), 0.85),
        (upright((depth, depth), (depth, short)), 0.7), (upright((long, 0), (long, depth)), 0.7),
    ]  # fmt: skip
    seams = [[seen(depth, 0, tall), seen(depth, depth, tall)], [seen(0, depth, tall), seen(depth, depth, tall)],
             [seen((depth + long) / 2, 0, tall), seen((depth + long) / 2, depth, tall)]]  # fmt: skip
    height_at = random.choice(((long, 0), (0, short)))
    measured = [
        ((0, 0, tall), (long, 0, tall), long), ((0, 0, tall), (0, short, tall), short),
        ((0, short, 0), (depth, short, 0), depth), ((long, 0, 0), (long, depth, 0), depth),
        ((*height_at, 0), (*height_at, tall), tall),
    ]  # fmt: skip
    form, gap = random.choice(("{} cm", "{} cm", "{}cm")), random.uniform(0.7, 1.1) * size
    middle = seen(long / 2.6, short / 2.6, tall / 2)
    dimensions = [
        _dimension(seen(*start), seen(*end), middle, form.format(value), size, gap)
        for start, end, value in measured
    ]
    return SimpleNamespace(
        width=width, height=height, size=size, faces=faces, seams=seams, dimensions=dimensions
    )


def _dimension(start, end, middle, text, size, gap) -> SimpleNamespace:
    """A line beside an edge, on the side away from the middle, with its label further out."""
    along = math.dist(start, end)
    out = ((end[1] - start[1]) / along, (start[0] - end[0]) / along)
    centre = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    if (centre[0] - middle[0]) * out[0] + (centre[1] - middle[1]) * out[1] < 0:
        out = (-out[0], -out[1])
    reach = gap + 0.3 * size + abs(out[0]) * text_width(text, size) / 2 + abs(out[1]) * size / 2

    def moved(point, pixels):
        return point[0] + out[0] * pixels, point[1] + out[1] * pixels

    return SimpleNamespace(
        edge=(start, end), line=(moved(start, gap), moved(end, gap)), text=text, label=moved(centre, reach)
    )


def flow_chart(facts: dict, language: str, random: Random) -> Figure:
    """The flow chart as boxes and arrows of matplotlib."""
    plan = chemistry_plan(facts, language, random)
    figure, axes = blank(plan.width, plan.height, random.choice(("white", "white", "#f7f7f2")))
    shape = random.choice(("round,pad=0,rounding_size=4", "square,pad=0", "round,pad=0,rounding_size=10"))
    process, substance, result = random.choice(
        (
            ("#cfe2f3", "white", "#fff2cc"),
            ("white",) * 3,
            ("#d9ead3", "#fce5cd", "#fce5cd"),
            ("#1f77b4", "white", "#ffdd99"),
        )
    )
    head = random.choice(("-|>", "-|>", "->"))
    for arrow in plan.arrows:
        axes.plot(*zip(*arrow[:-1], arrow[-1]), color="black", linewidth=1, solid_joinstyle="miter")
        style = {
            "arrowstyle": head,
            "color": "black",
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": plan.size * 0.8,
            "linewidth": 1,
        }
        axes.annotate("", arrow[-1], arrow[-2], arrowprops=style)
    for box in plan.boxes:
        color = (
            process
            if box.name in ("crush", "roast", "leach", "powder")
            else result
            if box.name in ("crude", "last")
            else substance
        )
        if box.name not in ("inputs", "gas", "residue"):
            corner = (box.x - box.half_width, box.y - box.half_height)
            axes.add_patch(
                FancyBboxPatch(
                    corner,
                    2 * box.half_width,
                    2 * box.half_height,
                    shape,
                    facecolor=color,
                    edgecolor="black",
                    linewidth=1,
                    zorder=3,
                )
            )
        axes.text(
            box.x, box.y, "\n".join(box.lines), fontsize=points(plan.size, 100), ha="center", va="center", zorder=4, linespacing=1.15,
            color="white" if color == "#1f77b4" else "black",
        )  # fmt: skip
    return figure


def sofa_drawing(facts: dict, language: str, random: Random) -> Figure:
    """The sofa as a line drawing with its dimensions."""
    plan = sofa_plan(facts, random)
    figure, axes = blank(plan.width, plan.height, random.choice(("white", "white", "#fafaf5")))
    color = random.choice((None, (0.85, 0.75, 0.6), (0.7, 0.8, 0.9), (0.75, 0.85, 0.7), (0.85, 0.85, 0.85)))
    for corners, light in plan.faces:
        axes.add_patch(
            Polygon(
                corners,
                facecolor=tuple(light * part for part in color) if color else "white",
                edgecolor="black",
                linewidth=1.3,
            )
        )
    if random.random() < 0.7:
        for seam in plan.seams:
            axes.plot(*zip(*seam), color="black", linewidth=0.7, linestyle=random.choice(("-", "--")))
    ink, ends = random.choice(("black", "tab:red", "tab:blue")), random.choice(("<->", "<|-|>", "|-|"))
    for dimension in plan.dimensions:
        style = {"arrowstyle": ends + (",widthA=.25,widthB=.25" if ends == "|-|" else ""), "color": ink, "shrinkA": 0, "shrinkB": 0,
                 "mutation_scale": 10, "linewidth": 1}  # fmt: skip
        axes.annotate("", dimension.line[1], dimension.line[0], arrowprops=style)
        for point, reached in zip(dimension.edge, dimension.line):
            axes.plot(*zip(point, reached), color=ink, linewidth=0.5, linestyle=":")
        axes.text(
            *dimension.label,
            dimension.text,
            fontsize=points(plan.size, 100),
            ha="center",
            va="center",
            color=random.choice((ink, "black")),
        )
    return figure


# ---- birds -----------------------------------------------------------------------------------------------------------


class Brush:
    """Draws one bird: x forward and y up from its feet, in pixels at size 1."""

    def __init__(self, axes, bird: dict, zoom: float, ground: float, ink: str):
        scale = bird["size"] * zoom
        forward = scale if bird["facing"] == "right" else -scale
        place = (
            Affine2D().scale(forward, -scale).translate(bird["x"] * zoom, ground + (bird["y"] - 186) * zoom)
        )
        self.axes, self.transform, self.ink, self.scale = axes, place + axes.transData, ink, scale

    def _add(self, patch) -> None:
        patch.set_transform(self.transform)
        self.axes.add_patch(patch)

    def oval(self, x, y, width, height, color, angle=0) -> None:
        self._add(
            Ellipse((x, y), width, height, angle=angle, facecolor=color, edgecolor=self.ink, linewidth=0.9)
        )

    def shape(self, corners, color) -> None:
        self._add(Polygon(corners, facecolor=color, edgecolor=self.ink, linewidth=0.9))

    def bow(self, start, first, second, end, color) -> None:
        """A Bézier curve, closed by its chord."""
        self._add(
            PathPatch(
                Curve((start, first, second, end, start), (1, 4, 4, 4, 79)),
                facecolor=color,
                edgecolor=self.ink,
                linewidth=0.9,
            )
        )

    def neck(self, start, first, second, end, thickness, color) -> None:
        width = points(thickness * self.scale, 100)
        outline = [patheffects.withStroke(linewidth=width + 1.8, foreground=self.ink)]
        self._add(
            PathPatch(
                Curve((start, first, second, end), (1, 4, 4, 4)),
                fill=False,
                edgecolor=color,
                linewidth=width,
                path_effects=outline,
            )
        )

    def line(self, start, end, color, thickness=1.5) -> None:
        self._add(
            PathPatch(
                Curve((start, end)),
                fill=False,
                edgecolor=color,
                linewidth=points(thickness * self.scale, 100),
            )
        )

    def eye(self, x, y) -> None:
        self._add(Ellipse((x, y), 1.8, 1.8, facecolor="black", edgecolor="none"))


def pelican(brush: Brush, coat: dict, afloat: bool) -> None:
    """A heavy body, an S-shaped neck, a long bill and under it the pouch."""
    if not afloat:
        for x in (-7, -1):
            brush.line((x, 12), (x, 1), coat["feet"], 2)
            brush.line((x - 1, 0.8), (x + 5, 0.8), coat["feet"], 2)
    brush.shape([(-15, 22), (-25, 17), (-23, 13), (-12, 16)], coat["wing"])
    brush.neck((3, 22), (17, 27), (1, 34), (7, 42), 5.5, coat["body"])
    brush.oval(-5, 19, 30, 18, coat["body"], 10)
    brush.bow((2, 25), (-4, 10), (-16, 10), (-23, 15), coat["wing"])
    brush.bow((10, 42), (10, 24), (17, 17), (25, 30), coat["pouch"])
    brush.shape([(9, 46), (9, 42), (25, 29), (26, 31)], coat["bill"])
    brush.oval(8, 44, 9, 8, coat["body"])
    brush.eye(9.3, 45.2)


def gull(brush: Brush, coat: dict, afloat: bool) -> None:
    """Small and white, with grey wings and a short bill."""
    if not afloat:
        for x in (-3, 1):
            brush.line((x, 8), (x, 0), "#d9a441")
    brush.oval(-3, 13, 28, 12, "white", 5)
    brush.bow((7, 15), (0, 6), (-12, 8), (-22, 13), "#a9b4bf")
    brush.shape([(-15, 13), (-25, 12), (-16, 10)], "#2b2b2b")
    brush.shape([(13, 21), (20, 19), (13, 18.5)], "#e8b730")
    brush.oval(9.5, 20, 9.5, 9, "white")
    brush.eye(11, 21.5)


def heron(brush: Brush, coat: dict, afloat: bool) -> None:
    """Tall and thin, on long legs, with a thin straight bill."""
    for x in (-5, 0):
        brush.line((x, 20), (x + 1, 0), "#6b5b45")
    brush.neck((3, 26), (15, 30), (-3, 40), (6, 48), 3, "#c9d3dd")
    brush.oval(-6, 24, 24, 11, "#8fa3b5", 18)
    brush.bow((2, 26), (-4, 18), (-12, 18), (-20, 16), "#5f7488")
    brush.shape([(9, 50), (23, 47.5), (9, 46.5)], "#d8a93b")
    brush.line((6, 51), (-4, 49), "#222222")
    brush.oval(7, 48.5, 8, 5.5, "#eef1f4")
    brush.eye(8.5, 49)


def duck(brush: Brush, coat: dict, afloat: bool) -> None:
    """Low on the ground, with a green head and a flat bill."""
    if not afloat:
        for x in (-4, 1):
            brush.line((x, 6), (x, 0), "#e07b20")
    brush.shape([(-13, 14), (-22, 16), (-15, 9)], "#4b3a2a")
    brush.neck((8, 12), (10, 14), (10, 16), (10, 19), 5, "#2f6b46")
    brush.oval(-3, 10, 27, 13, "#9b7b58")
    brush.bow((5, 13), (-2, 4), (-10, 5), (-14, 11), "#c7b299")
    brush.shape([(13, 21), (20, 18.5), (20, 17), (13, 17.5)], "#e8a92c")
    brush.oval(10, 20, 9.5, 9, "#2f6b46")
    brush.eye(11.5, 21.5)


def birds(facts: dict, language: str, random: Random) -> Figure:
    """The birds on a beach, afloat on a lake, or on plain paper."""
    from qvq_nb.cases.recognition import WIDTH

    zoom = random.uniform(1.15, 1.45)
    width, height = round(WIDTH * zoom), round(random.uniform(180, 230) * zoom)
    scene = random.choice(("beach", "lake", "paper"))
    figure, axes = blank(
        width,
        height,
        {"beach": "#dcecf5", "lake": "#e9f1e4", "paper": random.choice(("white", "#fbf7ec"))}[scene],
    )
    ground, far = height - random.uniform(25, 45) * zoom, height * random.uniform(0.35, 0.5)
    if scene == "beach":
        axes.add_patch(Rectangle((0, far), width, height, facecolor="#6fb1c9"))
        axes.add_patch(
            Polygon(
                [(0, ground - 25), (width, ground - 35), (width, height), (0, height)], facecolor="#ecd9a9"
            )
        )
    elif scene == "lake":
        axes.add_patch(Ellipse((width * random.random(), far), width, 70 * zoom, facecolor="#9dbb86"))
        axes.add_patch(Rectangle((0, far), width, height, facecolor=random.choice(("#8fc1d9", "#a8cfd0"))))
    else:
        axes.plot((0, width), (ground + 4, ground + 4), color="#555555", linewidth=1)
    coat = random.choice((
        {"body": "white", "wing": "#c9c9c9", "pouch": "#f6c244", "bill": "#e8a02c", "feet": "#e08a2c"},
        {"body": "#f7eee6", "wing": "#3d3d3d", "pouch": "#f2a65a", "bill": "#d98c3a", "feet": "#8a6a4a"},
        {"body": "#b9a690", "wing": "#7d6a55", "pouch": "#caa15c", "bill": "#b58a45", "feet": "#5a5046"},
    ))  # fmt: skip
    ink = random.choice(("black", "#3a3a3a", "#5b4636"))
    for bird in sorted(facts["birds"], key=lambda bird: bird["y"]):
        brush = Brush(axes, bird, zoom, ground, ink)
        {"pelican": pelican, "gull": gull, "heron": heron, "duck": duck}[bird["name"]](
            brush, coat, scene == "lake"
        )
        if scene == "lake" and bird["name"] != "heron":
            bottom = {"pelican": 9, "gull": 7, "duck": 4}[bird["name"]]
            brush.line((-17, bottom), (13, bottom), "white", 1.2)
    return figure


# ---- html ------------------------------------------------------------------------------------------------------------


def drawn_as_html(family: str, seeds: Iterable[int]) -> list[Case]:
    """The facts as parts of one web page; chromium takes one screenshot, and it is cut up."""
    write = {
        "invoice": html_invoice, "chart": html_chart, "chemistry": svg_flow_chart, "sofa": svg_sofa, "derivative": html_derivative,
    }[family]  # fmt: skip
    pages, parts = [], []
    for seed in seeds:
        random, facts = Random(f"html-{family}-{seed}"), facts_of(family, seed)
        parts.append((seed, facts))
        pages.append(write(facts, language_of(seed), random))
    return [case_of(family, seed, image, facts) for (seed, facts), image in zip(parts, screenshots(pages))]


def find_chromium() -> str | None:
    """The browser's command, or None."""
    return next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
    )


def screenshots(pages: list[tuple[int, int, str]]) -> list[Image.Image]:
    """One picture for each (width, height, page); the pages stand one below the other in frames of one page."""
    return [image for start in range(0, len(pages), 20) for image in _screenshot(pages[start : start + 20])]


def _screenshot(pages) -> list[Image.Image]:
    tops = [sum(height for _, height, _ in pages[:index]) for index in range(len(pages) + 1)]
    frames = "".join(
        f'<iframe style="position:absolute;left:0;top:{top}px;width:{width}px;height:{height}px;border:0" srcdoc="{html.escape(page)}"></iframe>'
        for top, (width, height, page) in zip(tops, pages)
    )
    with tempfile.TemporaryDirectory() as folder:
        source, shot = Path(folder) / "page.html", Path(folder) / "shot.png"
        source.write_text(
            f'<!doctype html><meta charset="utf-8"><body style="margin:0;background:white">{frames}',
            encoding="utf-8",
        )
        command = [
            find_chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/profile",
            f"--window-size={max(width for width, _, _ in pages)},{tops[-1] + 200}", f"--screenshot={shot}", source.as_uri(),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if not shot.is_file():
            raise QvqError(
                f"{command[0]} took no screenshot: {done.stderr.strip()[-300:] or 'it gave no reason'}"
            )
        whole = Image.open(shot).convert("RGB")
    return [whole.crop((0, top, width, top + height)) for top, (width, height, _) in zip(tops, pages)]


SPREADSHEET_FONTS = (
    "Carlito, Calibri",
    "Liberation Sans, Arial",
    "Noto Sans CJK SC",
    "WenQuanYi Micro Hei",
    "Roboto",
)
PAGE_FONTS = (
    *SPREADSHEET_FONTS,
    "DejaVu Sans",
    "Liberation Serif, Times New Roman",
    "Noto Serif CJK SC",
    "Open Sans",
    "WenQuanYi Zen Hei",
)


def html_derivative(facts: dict, language: str, random: Random) -> tuple[int, int, str]:
    """The table of derivatives as a spreadsheet or as a web page's table."""
    cells = derivative_cells(facts, random.choice(("'", "'", "′")))
    return random.choice((spreadsheet, web_table))(cells, [random.choice((62, 70, 80))] * 5, "center", random)


def html_invoice(facts: dict, language: str, random: Random) -> tuple[int, int, str]:
    """The invoice as a spreadsheet or as a web page's table."""
    cells = invoice_cells(facts, language, random)
    title = random.choice((WORDS[language]["invoice"], WORDS["zh"]["invoice"], ""))
    return random.choice((spreadsheet, web_table))(
        cells, random.choice(([96, 120, 90, 100], [110, 130, 100, 110])), "right", random, title
    )


def spreadsheet(cells, widths, align, random: Random, title="") -> tuple[int, int, str]:
    """A window of a spreadsheet: letters above, numbers on the left, a grid, empty cells around, one cell selected."""
    row_height, edge = random.choice((22, 24, 27)), random.choice((30, 38))
    widths = [*widths, *[64] * random.randint(0, 1)]
    shift = random.choice((0, 0, 1))  # empty rows above
    rows = [[""] * len(widths)] * shift + ([[title]] if title else []) + cells + [[]] * random.randint(1, 3)
    head = shift + bool(title)
    width, height = edge + sum(widths), row_height * (len(rows) + 1)
    size = text_pixels(width, height, random)
    green, grey, header = (
        random.choice(("#217346", "#1a73e8")),
        random.choice(("#e6e6e6", "#f3f3f3")),
        random.choice(("none", "#ddebf7", "#ffe699")),
    )
    selected = (random.randrange(len(rows)), random.randrange(len(widths)))
    body = "".join(
        f"<th style='width:{each - 1}px'>{chr(65 + place)}</th>" for place, each in enumerate(widths)
    )
    lines = [f"<tr><th style='width:{edge - 1}px'></th>{body}</tr>"]
    for number, row in enumerate(rows):
        texts = list(row) + [""] * (len(widths) - len(row))
        line = f"<tr><th>{number + 1}</th>"
        for column, text in enumerate(texts):
            looks = f"text-align:{'center' if number == head else align if column else 'left' if align == 'right' else align};"
            looks += f"background:{header};font-weight:bold;" if number == head and header != "none" else ""
            looks += "overflow:visible;" if title and number == head - 1 else ""
            looks += f"outline:2px solid {green};outline-offset:-2px;" if (number, column) == selected else ""
            line += f"<td style='{looks}'>{html.escape(text)}</td>"
        lines.append(line + "</tr>")
    style = (
        f"body{{margin:0;font:{size}px {random.choice(SPREADSHEET_FONTS)},'Noto Sans CJK SC',sans-serif}}"
        f"table{{border-collapse:collapse;table-layout:fixed;width:{width}px}}tr{{height:{row_height}px}}"
        f"td,th{{border:1px solid #d4d4d4;padding:0 4px;white-space:nowrap;overflow:hidden;line-height:{row_height - 3}px}}"
        f"th{{background:{grey};color:#555;font-weight:normal;border-color:#bbb;padding:0}}"
    )
    return width, height, f"<style>{style}</style><table>{''.join(lines)}</table>"


def web_table(cells, widths, align, random: Random, title="") -> tuple[int, int, str]:
    """A table as a web page shows it, with striped rows, thin rules or a full grid."""
    margin, row_height = random.randint(6, 24), random.choice((28, 32, 36))
    width, height = sum(widths) + 2 * margin, row_height * (len(cells) + bool(title)) + 2 * margin
    size = text_pixels(width, height, random)
    head = random.choice(("#343a40;color:white", "#f8f9fa", "#e9ecef", "#04aa6d;color:white", "white"))
    stripe, rule = (
        random.choice(("#f2f2f2", "#eef5ff", "white")),
        random.choice(("1px solid #ddd", "1px solid #888", "1px solid black")),
    )
    sides = random.choice(("border", "border", "border-bottom"))
    style = (
        f"body{{margin:{margin}px;font:{size}px {random.choice(PAGE_FONTS)},'Noto Sans CJK SC',sans-serif;color:#212529}}"
        f"h1{{font-size:{round(1.2 * size)}px;margin:0;height:{row_height}px;text-align:{random.choice(('left', 'center'))}}}"
        f"table{{border-collapse:collapse;width:{sum(widths)}px;table-layout:fixed}}tr{{height:{row_height}px}}"
        f"td,th{{{sides}:{rule};padding:0 6px;white-space:nowrap;text-align:{align}}}th{{background:{head}}}"
        f"td:first-child,th:first-child{{text-align:{'left' if align == 'right' else align}}}tr:nth-child(even) td{{background:{stripe}}}"
    )
    columns = "".join(f"<col style='width:{each}px'>" for each in widths)
    rows = "".join(
        "<tr>" + "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in row) + "</tr>"
        for tag, row in zip(["th"] + ["td"] * len(cells), cells)
    )
    heading = f"<h1>{html.escape(title)}</h1>" if title else ""
    return width, height, f"<style>{style}</style>{heading}<table>{columns}{rows}</table>"


def svg(width, height, size, shapes: list[str], random: Random) -> tuple[int, int, str]:
    """A page with one SVG on it; texts are centred."""
    style = f"body{{margin:0}}text{{font:{size}px {random.choice(PAGE_FONTS)},'Noto Sans CJK SC',sans-serif;text-anchor:middle;dominant-baseline:central}}"
    arrow = (
        "<defs><marker id='a' viewBox='0 0 10 10' refX='10' refY='5' markerWidth='8' markerHeight='8' orient='auto-start-reverse'>"
        "<path d='M0 1L10 5L0 9z' fill='context-stroke'/></marker></defs>"
    )
    paper = (
        f"<rect width='100%' height='100%' fill='{random.choice(('white', 'white', '#fafafa', '#f5f7fb'))}'/>"
    )
    return (
        width,
        height,
        f"<style>{style}</style><svg width='{width}' height='{height}' style='display:block'>{arrow}{paper}{''.join(shapes)}</svg>",
    )


def svg_text(x, y, text, looks="") -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' {looks}>{html.escape(text)}</text>"


def svg_line(line, looks) -> str:
    return f"<polyline points='{' '.join(f'{x:.1f},{y:.1f}' for x, y in line)}' fill='none' {looks}/>"


def html_chart(facts: dict, language: str, random: Random) -> tuple[int, int, str]:
    """Grouped bars as a web page draws them."""
    width, height = random.choice(((480, 320), (560, 360), (620, 380), (430, 300)))
    size = text_pixels(width, height, random)
    benchmarks, models = facts["benchmarks"], list(facts["values"])
    colors = random.choice((
        ("#4e79a7", "#f28e2b", "#e15759"), ("#5470c6", "#91cc75", "#fac858"), ("#3366cc", "#dc3912", "#ff9900"), ("#7cb5ec", "#434348", "#90ed7d"),
    ))  # fmt: skip
    left, right, legend_above = 38, width - 12, random.random() < 0.5
    top, bottom = (
        (4.2 * size if legend_above else 2.2 * size),
        height - (2.2 if legend_above else 4) * size - 1.2 * size,
    )
    full = random.choice((100, max(float(value) for values in facts["values"].values() for value in values)))
    shapes = []
    if random.random() < 0.6:
        for part in range(5):
            y = bottom - (bottom - top) * part / 4
            shapes.append(svg_line([(left, y), (right, y)], "stroke='#ddd'"))
            shapes += [svg_text(left - 18, y, f"{full * part / 4:.0f}", "fill='#666'")] if full == 100 else []
    group = (right - left) / len(models)
    bar = group * random.uniform(0.78, 0.9) / len(benchmarks)
    for place, model in enumerate(models):
        middle = left + (place + 0.5) * group
        for index, value in enumerate(facts["values"][model]):
            x, tall = middle + (index - len(benchmarks) / 2) * bar, (bottom - top) * float(value) / full
            shapes.append(
                f"<rect x='{x + 1:.1f}' y='{bottom - tall:.1f}' width='{bar - 2:.1f}' height='{tall:.1f}' fill='{colors[index]}'/>"
            )
            shapes.append(svg_text(x + bar / 2, bottom - tall - 0.65 * size, value))
        lines = _in_two_lines(model).split("\n") if text_width(model, size) > group - 6 else [model]
        shapes += [
            svg_text(middle, bottom + (0.9 + 1.1 * row) * size, line) for row, line in enumerate(lines)
        ]
    shapes.append(svg_line([(left, bottom), (right, bottom)], "stroke='#333'"))
    widths = [1.35 * text_width(name, size) + 2.4 * size for name in benchmarks]  # capitals are wide
    x, y = (width - sum(widths)) / 2, 1.2 * size if legend_above else height - 0.9 * size
    for name, each, color in zip(benchmarks, widths, colors):
        shapes.append(
            f"<rect x='{x:.1f}' y='{y - size / 2:.1f}' width='{size}' height='{size}' fill='{color}'/>"
        )
        shapes.append(svg_text(x + 1.4 * size, y, name, "style='text-anchor:start'"))
        x += each
    return svg(width, height, size, shapes, random)


def svg_flow_chart(facts: dict, language: str, random: Random) -> tuple[int, int, str]:
    """The flow chart as an SVG."""
    plan = chemistry_plan(facts, language, random)
    ink, corner, line = (
        random.choice(("#333", "#000", "#2f5597")),
        random.choice((0, 5, 12)),
        random.choice((1, 1.5, 2)),
    )
    process, substance, result = random.choice(
        (
            ("#dae8fc", "#fff", "#d5e8d4"),
            ("#fff2cc", "#fff", "#f8cecc"),
            ("#fff", "#fff", "#fff"),
            ("#ececff", "#ececff", "#ececff"),
        )
    )
    shapes = [
        svg_line(arrow, f"stroke='{ink}' stroke-width='{line}' marker-end='url(#a)'") for arrow in plan.arrows
    ]
    for box in plan.boxes:
        color = (
            process
            if box.name in ("crush", "roast", "leach", "powder")
            else result
            if box.name in ("crude", "last")
            else substance
        )
        if box.name not in ("inputs", "gas", "residue"):
            shapes.append(
                f"<rect x='{box.x - box.half_width:.1f}' y='{box.y - box.half_height:.1f}' width='{2 * box.half_width:.1f}' "
                f"height='{2 * box.half_height:.1f}' rx='{corner}' fill='{color}' stroke='{ink}' stroke-width='{line}'/>"
            )
        first = box.y - 0.6 * plan.size * (len(box.lines) - 1)
        shapes += [svg_text(box.x, first + 1.2 * plan.size * row, text) for row, text in enumerate(box.lines)]
    return svg(plan.width, plan.height, plan.size, shapes, random)


def svg_sofa(facts: dict, language: str, random: Random) -> tuple[int, int, str]:
    """The sofa as an SVG."""
    plan = sofa_plan(facts, random)
    red, green, blue = random.choice(
        ((222, 184, 135), (143, 170, 220), (169, 209, 142), (200, 200, 200), (255, 255, 255))
    )
    ink, edge = random.choice(("#c00000", "#333", "#1a5fb4")), random.choice(("#333", "#000", "#6b4f2a"))
    shapes = []
    for corners, light in plan.faces:
        color = f"rgb({red * light:.0f},{green * light:.0f},{blue * light:.0f})"
        shapes.append(
            svg_line(
                [*corners, corners[0]], f"stroke='{edge}' stroke-width='1.5' stroke-linejoin='round'"
            ).replace("'none'", f"'{color}'")
        )
    shapes += [
        svg_line(seam, f"stroke='{edge}' stroke-width='0.8'") for seam in plan.seams if random.random() < 0.7
    ]
    for dimension in plan.dimensions:
        shapes.append(
            svg_line(
                dimension.line,
                f"stroke='{ink}' stroke-width='1.2' marker-start='url(#a)' marker-end='url(#a)'",
            )
        )
        shapes += [
            svg_line(ends, f"stroke='{ink}' stroke-width='0.6'")
            for ends in zip(dimension.edge, dimension.line)
        ]
        shapes.append(svg_text(*dimension.label, dimension.text, f"fill='{random.choice((ink, '#000'))}'"))
    return svg(plan.width, plan.height, plan.size, shapes, random)


# ---- asking ----------------------------------------------------------------------------------------------------------


def pictures(kind: str, family: str, seeds: Iterable[int]) -> list[Case]:
    """The cases of one kind and family, a picture for each seed; nothing where that kind has no such family."""
    if kind == "html":
        return [] if family == "recognition" else drawn_as_html(family, seeds)
    return [(restyled if kind == "restyled" else drawn_by_matplotlib)(family, seed) for seed in seeds]


def ask(reasoner, kind: str, case: Case) -> dict:
    """One picture asked about: what was answered, and whether it is right."""
    answer = reasoner.ask(case.image, case.question)
    verdict = case.check(answer)
    return {
        "kind": kind, "family": case.family, "language": case.language, "seed": case.seed, "ok": verdict.ok, "question": case.question,
        "truth": case.truth, "answer": answer.final, "reason": verdict.reason, "thinking": getattr(answer, "thinking", ""),
        "seconds": getattr(answer, "seconds", None),
    }  # fmt: skip


SHOWN = {
    "family": lambda count: count["family"],
    "kind": lambda count: count["kind"],
    **{title: COLUMNS[title] for title in ("right", "total", "accuracy", "low", "high")},
}


def table(rows: list[dict]) -> list[dict]:
    """How many were right, with the 95 % interval: a line per family and kind, one per kind and one for all."""
    families, kinds = dict.fromkeys(row["family"] for row in rows), dict.fromkeys(row["kind"] for row in rows)
    groups = (
        [(family, kind) for family in families for kind in kinds]
        + [("all", kind) for kind in kinds]
        + [("all", "all")]
    )
    counts = []
    for family, kind in groups:
        found = [
            row["ok"] for row in rows if family in ("all", row["family"]) and kind in ("all", row["kind"])
        ]
        if found:
            counts.append({"family": family, "kind": kind, **accuracy(sum(found), len(found))})
    return counts


def keep(folder: Path, rows: list[dict], images: list[Image.Image]) -> None:
    """The pictures, and a page that shows each with its question, truth and answer."""
    folder.mkdir(parents=True, exist_ok=True)
    page = ["<!doctype html><meta charset='utf-8'><title>Foreign drawings</title>"]
    for row, image in zip(rows, images):
        name = f"{row['kind']}-{row['family']}-{row['language']}-{row['seed']}.png"
        image.save(folder / name)
        question, truth, answer = (html.escape(row[part]) for part in ("question", "truth", "answer"))
        page.append(
            f"<p><img src='{name}'><br>{question} <b>{truth}</b> {'✓' if row['ok'] else '✗'} {answer}</p>"
        )
    (folder / "index.html").write_text("\n".join(page), encoding="utf-8")


def main(
    model: Annotated[
        str, typer.Option(help="A model's name, folder or endpoint, as for `qvq-nb ask`.")
    ] = "qvq-mini",
    count: Annotated[
        int, typer.Option(min=1, help="Pictures per family and kind; the languages take turns.")
    ] = 10,
    seeds_from: Annotated[int, typer.Option(min=SEEDS_FROM, help="The first seed.")] = SEEDS_FROM,
    kind: Annotated[
        list[str] | None, typer.Option(help=f"Only this kind (may be given again): {', '.join(KINDS)}.")
    ] = None,
    family: Annotated[list[str] | None, typer.Option(help="Only this family (may be given again).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every question and answer as JSON.")] = False,
    keep_in: Annotated[
        Path | None, typer.Option("--keep", help="Keep the pictures in this folder, with a page to look at.")
    ] = None,
):
    """Draw foreign pictures, ask about each, and count the right answers."""
    kinds, families = kind or list(KINDS), family or list(FAMILIES)
    unknown = [name for name in (*kinds, *families) if name not in (*KINDS, *FAMILIES)]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join((*KINDS, *FAMILIES))}")
    if "html" in kinds and not find_chromium():
        print("The html pictures are left out: there is no chromium on this machine.", file=sys.stderr)
        kinds.remove("html")
    rows, images = [], []
    try:
        reasoner = qvq_nb.load(model)
        for one in families:
            for each in kinds:
                for case in pictures(each, one, range(seeds_from, seeds_from + count)):
                    rows.append(ask(reasoner, each, case))
                    images.append(case.image)
                print(f"{one}, {each}: done", file=sys.stderr)
    except QvqError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None
    if keep_in:
        keep(keep_in, rows, images)
    print(
        json.dumps({"model": model, "table": table(rows), "rows": rows}, ensure_ascii=False, indent=1)
        if as_json
        else table_of(table(rows), SHOWN)
    )


if __name__ == "__main__":
    typer.run(main)
