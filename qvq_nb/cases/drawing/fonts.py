"""Letters and how wide they are: the kit's own two weights, or other font files."""

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from qvq_nb.paths import data_folder


@lru_cache(maxsize=512)
def font(size: int, bold: bool, file: Path | None = None) -> ImageFont.FreeTypeFont:
    """The font of a file at `size` pixels; the kit's own where there is no file."""
    name = "NotoSansSC-Bold-subset.otf" if bold else "NotoSansSC-Regular-subset.otf"
    file = file or data_folder() / "fonts" / name
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=16384)
def _advance(character: str, quarter_size: int, bold: bool, file: Path | None = None) -> float:
    return font(quarter_size, bold, file).getlength(character)


def text_width(text: str, size: float, bold: bool = False, file: Path | None = None) -> float:
    """Width of `text` in pixels, measured at four times its size."""
    return sum(_advance(character, round(size * 4), bold, file) for character in text) / 4


def fitting_size(texts, width: float, size: int, smallest: int = 12) -> int:
    """The text size in whole pixels, from `size` down to `smallest`, at which each text fits into `width`."""
    return next(
        (one for one in range(size, smallest, -1) if all(text_width(text, one) <= width for text in texts)),
        smallest,
    )


@lru_cache(maxsize=256)
def stretch(file: Path, sample: str) -> float:
    """The share of a size at which another font is about as wide as the kit's own, which layouts go by."""
    width = sum(_advance(character, 64, False, file) for character in sample)
    return min(max(sum(_advance(character, 64, False) for character in sample) / width, 0.8), 1.2)
