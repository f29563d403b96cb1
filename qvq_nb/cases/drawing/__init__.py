"""Tools to draw with: a canvas, the looks of a drawing, curves and letters. Not what a drawing shows."""

from qvq_nb.cases.drawing.canvas import Canvas, Glyph
from qvq_nb.cases.drawing.curves import rounded, smooth
from qvq_nb.cases.drawing.fonts import text_width
from qvq_nb.cases.drawing.style import PALETTES, Style, mix, random_style

__all__ = ["PALETTES", "Canvas", "Glyph", "Style", "mix", "random_style", "rounded", "smooth", "text_width"]
