"""Other layouts that are too long for their family's file. They are for training alone."""

from qvq_nb.cases.drawing import text_width

SMALLEST_TEXT = 11  # pixels


def fitting_size(texts, width: float, size: float) -> float:
    """The text size, at most `size`, at which every text is at most `width` pixels wide."""
    widest = max(text_width(text, size) for text in texts)
    return max(min(size, size * width / max(widest, 1)), SMALLEST_TEXT - 2)
