"""A picture as the bytes and the address in itself (data URI) that a server takes."""

import base64
import io
from typing import NamedTuple

LARGEST_PNG_BYTES = 1_000_000
JPEG = {"quality": 95, "subsampling": 0}  # colours at full size: thin coloured lines and small print stay


class Encoded(NamedTuple):
    """A picture as a file: its format ("PNG" or "JPEG") and its bytes."""

    format: str
    content: bytes

    @property
    def base64(self) -> str:
        return base64.b64encode(self.content).decode("ascii")

    @property
    def data_uri(self) -> str:
        return f"data:image/{self.format.lower()};base64,{self.base64}"


def encoded(image, jpeg: bool = False) -> Encoded:
    """An RGB image as PNG, which loses nothing; as JPEG where that would exceed 1 MB, as photos do.

    Drawings and documents stay exact and small this way. `jpeg` asks for JPEG in any case.
    """
    png = b"" if jpeg else _written(image, "PNG")
    if png and len(png) <= LARGEST_PNG_BYTES:
        return Encoded("PNG", png)
    return Encoded("JPEG", _written(image, "JPEG", **JPEG))


def _written(image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
