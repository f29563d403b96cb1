"""Tools to draw with: a canvas, the looks of a drawing, curves and letters. Not what a drawing shows."""

from qvq_nb.cases.drawing.canvas import Canvas, Glyph
from qvq_nb.cases.drawing.curves import rounded, smooth
from qvq_nb.cases.drawing.film import Film, canvases, shown
from qvq_nb.cases.drawing.fonts import fitting_size, text_width
from qvq_nb.cases.drawing.style import PALETTES, Style, mix, random_style

__all__ = [
    "PALETTES", "Canvas", "Film", "Glyph", "Style", "canvases", "fitting_size", "mix", "random_style",
    "rounded", "shown", "smooth", "text_width",
]  # fmt: skip
