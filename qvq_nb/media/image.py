"""Opening a picture: what a learner hands over becomes an upright RGB image, or a sentence why not."""

import os
import re
import warnings

from qvq_nb.errors import QvqError
from qvq_nb.files import shown
from qvq_nb.media.colours import DARK, deep_colours, in_rgb, is_even
from qvq_nb.media.jpeg import has_lost_bytes
from qvq_nb.media.resize import LARGEST_ASPECT_RATIO, TOKEN_SIDE_PIXELS
from qvq_nb.media.source import name_of, opened_file

SMALLEST_SIDE_PIXELS = TOKEN_SIDE_PIXELS
NOTES = "qvq_notes"  # where an opened image carries them, in its `info`
ORIENTATION = 0x0112  # the EXIF tag that says how the camera was held
LONGEST_REASON = 200
RUNS_ANOTHER_PROGRAM = "EPS"
DEEP_COLOURS = re.compile(r"RGBA?;16[BL]")  # of these 16 bits per colour Pillow keeps the upper 8


def open_image(source):
    """One PIL image in RGB from a path, a file:// or data: address, bytes or a PIL image.

    A photo is turned upright as its EXIF says, transparency is laid on white, grey of more than 8 bits
    becomes 8-bit, of an animation or of several pages the first is taken. What was dropped or changed so that
    it matters is told in `notes_of(image)`. Raises QvqError, naming the file, for anything that is no usable
    image: missing, no plain file, too large, of another format, cut off, too small (a side under 28 pixels),
    longer than 200:1, too many pixels.
    """
    from PIL import Image

    if not isinstance(source, (str, os.PathLike, bytes, bytearray, memoryview, Image.Image)):
        kind = type(source).__name__
        raise QvqError(
            f"An image is a path, bytes or a PIL image (or a list of these); {kind} is none of them."
        )
    name = name_of(source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd EXIF; what matters ends in a sentence
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return _opened(source, name)


def open_images(source) -> list:
    """A list of RGB images from one image or a list of them, each as `open_image` takes it."""
    sources = list(source) if isinstance(source, (list, tuple)) else [source]
    if not sources:
        raise QvqError("The list of images is empty; give at least one image.")
    return [open_image(one) for one in sources]


def notes_of(image) -> tuple[str, ...]:
    """What `open_image` dropped or changed so that it matters; empty for any other image."""
    notes = image.info.get(NOTES)
    return notes if isinstance(notes, tuple) else ()


def _opened(source, name):
    image, notes = _decoded(source, name)
    _check_shape(image, name)
    try:
        turned, odd = _upright(image, name)
        rgb, changed = in_rgb(turned, name)
    except QvqError:
        raise
    except Exception as problem:  # a mode without a way to RGB, or nonsense beside the pixels
        raise QvqError(
            f"{name} cannot be turned into RGB ({_sentence(problem)}); save it as PNG or JPEG first."
        ) from None
    rgb = rgb.copy() if rgb is source else rgb
    rgb.info = {NOTES: (*notes, *odd, *changed)}
    return rgb


def _decoded(source, name):
    """(image with all its pixels read, notes): damage shows now and not in the middle of an answer."""
    from PIL import Image

    try:
        if isinstance(source, Image.Image):
            if source.format == RUNS_ANOTHER_PROGRAM:
                raise QvqError(f"{name} is PostScript, a program and no picture; save it as PNG first.")
            source.load()
            return source, (*notes_of(source), *_pages(source, name))
        with opened_file(source) as image:
            notes, raw_mode = _pages(image, name), _raw_mode(image)
            is_jpeg = image.format in ("JPEG", "MPO")
            if is_jpeg and has_lost_bytes(_all_bytes(image.fp)):
                raise ValueError("bytes in its middle became zeros")
            image.load()
            if is_jpeg and _has_blank_end(image):
                notes += (f"The lower part of {name} is one even grey, as in a photo that is cut off.",)
            if DEEP_COLOURS.fullmatch(raw_mode) and max(high for _, high in image.getextrema()[:3]) <= DARK:
                image, changed = _brightened(source, image, raw_mode, name)
                notes += changed
            return image, notes
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


def _pages(image, name) -> tuple[str, ...]:
    try:
        several = getattr(image, "is_animated", False)
    except Exception:  # damage behind the first picture, which can be seen all the same
        return ()
    if not several:
        return ()
    if image.format == "TIFF":
        return (f"{name} has several pages; page {image.tell() + 1} is looked at.",)
    return (f"{name} has several frames or pictures; number {image.tell() + 1} is looked at.",)


def _raw_mode(image) -> str:
    """How the pixels lie in the file, in Pillow's words, such as "RGB;16B"."""
    arguments = image.tile[0].args if image.tile else ""
    first = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return first if isinstance(first, str) else ""


def _brightened(source, upper, raw_mode, name):
    """A dark picture with 16 bits per colour from both halves of them; the second reading swaps the bytes."""
    swapped = raw_mode[:-1] + ("L" if raw_mode.endswith("B") else "B")
    with opened_file(source) as lower:
        tiles = []
        for tile in lower.tile:
            arguments = (swapped, *tile.args[1:]) if isinstance(tile.args, tuple) else swapped
            tiles.append(tile._replace(args=arguments))
        lower.tile = tiles
        lower.load()
    return deep_colours(upper, lower, name)


def _all_bytes(stream) -> bytes:
    place = stream.tell()
    stream.seek(0)
    content = stream.read()
    stream.seek(place)
    return content


def _has_blank_end(image) -> bool:
    """Is the last row of blocks what the decoder gives where nothing was stored, and the rest is not?"""
    width, height = image.size
    end = image.crop((width // 2, max(0, height - 8), width, height)).convert("RGB")
    return end.getextrema() == ((128, 128),) * 3 and not is_even(image)


def _check_shape(image, name) -> None:
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


def _upright(image, name):
    """(image turned as its EXIF says, notes). Only the orientation is read: the rest may be nonsense."""
    from PIL import Image

    turns = Image.Transpose
    ways = {
        2: turns.FLIP_LEFT_RIGHT, 3: turns.ROTATE_180, 4: turns.FLIP_TOP_BOTTOM, 5: turns.TRANSPOSE,
        6: turns.ROTATE_270, 7: turns.TRANSVERSE, 8: turns.ROTATE_90,
    }  # fmt: skip
    try:
        way = ways.get(image.getexif().get(ORIENTATION))
    except Exception:  # each kind of damaged EXIF ends in an error of its own
        return image, (f"The EXIF data of {name} cannot be read; the picture may lie on its side.",)
    return (image if way is None else image.transpose(way)), ()


def _sentence(error: BaseException) -> str:
    return shown(" ".join(str(error).split()).rstrip("."), LONGEST_REASON) or type(error).__name__
