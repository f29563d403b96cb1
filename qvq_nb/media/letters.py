"""The kit's own letters, Latin and Chinese, for what is written on a picture."""

from functools import lru_cache

from qvq_nb.paths import data_folder


@lru_cache(maxsize=32)
def letters(size: int):
    """The kit's font at `size` pixels, as PIL draws with it."""
    from PIL import ImageFont

    file = data_folder() / "fonts" / "NotoSansSC-Bold-subset.otf"
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)


def can_write(text: str) -> bool:
    """Whether the kit's font, a part of Noto Sans SC, has every character: what it lacks is a crossed box."""
    font = letters(16)
    lacking = bytes(font.getmask("\uffff"))
    return all(bytes(font.getmask(character)) != lacking for character in text)
