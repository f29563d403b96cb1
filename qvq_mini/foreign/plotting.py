"""Figures of matplotlib as pictures: the fonts and styles of this machine, and sizes in pixels."""

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from matplotlib import font_manager, rc_context
from matplotlib import style as matplotlib_style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from qvq_nb.paths import data_folder

logging.getLogger("matplotlib.font_manager").setLevel(
    logging.ERROR
)  # a font without a regular weight will do

LATIN_FONTS = (
    "DejaVuSans.ttf", "DejaVuSerif.ttf", "LiberationSans-Regular.ttf", "LiberationSerif-Regular.ttf",
    "Carlito-Regular.ttf", "Caladea-Regular.ttf", "Lato-Regular.ttf", "OpenSans-Regular.ttf",
    "Roboto-Regular.ttf", "FreeSans.ttf",
)  # fmt: skip
CHINESE_FONTS = (
    "NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc", "wqy-microhei.ttc", "wqy-zenhei.ttc",
    "LXGWWenKai-Regular.ttf",
)  # fmt: skip
FORMULA_FONTS = ("dejavusans", "cm", "stix")


def picture(
    draw: Callable[[], Figure], has_chinese: bool, styles: tuple[str, ...], random: Random
) -> Image.Image:
    """What `draw` draws, in fonts and a style drawn by `random`."""
    latin = random.choice(installed(LATIN_FONTS))
    chinese = random.choice(installed(CHINESE_FONTS) or [_added(shipped_font())])
    families = random.choice(([chinese], [latin, chinese])) if has_chinese else [latin]
    settings = {"font.family": families, "axes.unicode_minus": False}
    settings["mathtext.fontset"] = random.choice(FORMULA_FONTS)
    style = random.choice(styles) if len(styles) > 1 else styles[0]
    with matplotlib_style.context(style), rc_context(settings):
        return _pixels(draw())


@cache
def installed(file_names: tuple[str, ...]) -> list[str]:
    """The family names of those fonts that this machine has; matplotlib brings DejaVu."""
    every = [*font_manager.findSystemFonts(), font_manager.findfont("DejaVu Sans")]
    paths = {Path(path).name: path for path in every}
    return [_added(paths[name]) for name in file_names if name in paths]


def shipped_font() -> str:
    return str(data_folder() / "fonts" / "NotoSansSC-Regular-subset.otf")


@cache
def _added(path: str) -> str:
    font_manager.fontManager.addfont(path)
    return font_manager.get_font(path).family_name


def _pixels(figure: Figure) -> Image.Image:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba()).convert("RGB")


def points(pixels: float, dpi: float = 100) -> float:
    """A size of type in points."""
    return pixels * 72 / dpi


def blank(width: int, height: int, color="white", dpi: int = 100) -> tuple[Figure, object]:
    """A figure whose axes count pixels from the upper left corner."""
    figure = Figure((width / dpi, height / dpi), dpi=dpi, facecolor=color)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    return figure, axes
