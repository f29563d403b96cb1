"""Opening a picture: what a learner hands over becomes an upright RGB image, or a sentence why not."""

import io
import os
import re
import warnings
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.media.resize import LARGEST_ASPECT_RATIO, TOKEN_SIDE_PIXELS

SMALLEST_SIDE_PIXELS = TOKEN_SIDE_PIXELS


def open_image(source):
    """One PIL image in RGB from a path, bytes or a PIL image.

    A photo is turned upright as its EXIF says, transparency is laid on white, 16-bit grey becomes 8-bit,
    of an animation the first frame is taken. Raises QvqError, naming the file, for anything that is no usable
    image: missing, empty, cut off, too small (a side under 28 pixels), longer than 200:1, too many pixels.
    """
    from PIL import Image

    name = str(source) if isinstance(source, (str, os.PathLike)) else "The image"
    if isinstance(source, Image.Image):
        return _usable(_decoded(lambda: source, name), name)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _usable(_decoded(lambda: _opened(bytes(source), name), name), name)
    if isinstance(source, (str, os.PathLike)):
        return _usable(_decoded(lambda: _opened(_file_bytes(source), name), name), name)
    kind = type(source).__name__
    raise QvqError(f"An image is a path, bytes or a PIL image (or a list of these); {kind} is none of them.")


def open_images(source) -> list:
    """A list of RGB images from one image or a list of them, each as `open_image` takes it."""
    sources = list(source) if isinstance(source, (list, tuple)) else [source]
    if not sources:
        raise QvqError("The list of images is empty; give at least one image.")
    return [open_image(one) for one in sources]


def _file_bytes(source) -> bytes:
    if re.match(r"https?://", str(source), re.IGNORECASE):
        raise QvqError(
            f"{source} is a web address, and the kit opens no network; "
            "download the picture and give its path."
        )
    path = Path(source).expanduser()
    if path.is_dir():
        raise QvqError(f"{source} is a folder, not an image; give the path of one picture in it.")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise QvqError(f"There is no file {source}; check the spelling and the folder you are in.") from None
    except (OSError, ValueError) as error:
        raise QvqError(f"{source} cannot be read ({getattr(error, 'strerror', None) or error}).") from None


def _opened(content: bytes, name: str):
    from PIL import Image, UnidentifiedImageError

    if not content:
        raise QvqError(f"{name} is empty (0 bytes); save or download the picture again.")
    try:
        return Image.open(io.BytesIO(content))
    except UnidentifiedImageError:
        raise QvqError(
            f"{name} is not an image that can be read; give a PNG, JPEG, WebP, GIF, BMP or TIFF."
        ) from None


def _decoded(open_it, name: str):
    """The image with all its pixels read, so that damage shows now and not in the middle of an answer."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = open_it()
            image.load()
            return image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        size, limit = (f"{int(number):,}" for number in re.findall(r"\d+", str(bomb))[:2])
        raise QvqError(
            f"{name} would unpack to {size} pixels, more than the {limit} that are safe to open; "
            "make it smaller first."
        ) from None
    except QvqError:
        raise
    except Exception as damage:  # each format has its own way to stumble over damaged data
        raise QvqError(
            f"{name} is damaged or cut off ({_sentence(damage)}); save or download the picture again."
        ) from None


def _usable(image, name: str):
    from PIL import ImageOps

    width, height = image.size
    if min(width, height) < SMALLEST_SIDE_PIXELS:
        raise QvqError(
            f"{name} is {width}×{height} pixels; the model sees squares of {TOKEN_SIDE_PIXELS} pixels, "
            f"so both sides must be at least {SMALLEST_SIDE_PIXELS}. Give a larger picture."
        )
    if max(width, height) > LARGEST_ASPECT_RATIO * min(width, height):
        raise QvqError(
            f"{name} is {width}×{height} pixels, more than {LARGEST_ASPECT_RATIO} times as long as wide; "
            "crop it or cut it into pieces."
        )
    try:
        return _in_rgb(ImageOps.exif_transpose(image))
    except (OSError, ValueError, SyntaxError, KeyError) as problem:
        raise QvqError(
            f"{name} cannot be turned into RGB ({_sentence(problem)}); save it as PNG or JPEG first."
        ) from None


def _in_rgb(image):
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        layer = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    if image.mode.startswith("I"):
        return _eight_bit_grey(image, 65_535)
    if image.mode == "F":
        return _eight_bit_grey(image, max(image.getextrema()[1], 1.0))
    return image.convert("RGB")


def _eight_bit_grey(image, white: float):
    """Grey values from 0 to `white` brought to 0…255; PIL's own conversion would cut them off at 255."""
    return image.convert("F").point(lambda value: value * (255 / white) + 0.0).convert("L").convert("RGB")


def _sentence(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
