"""From what a learner hands over to an opened picture: kind and size are looked at before any byte."""

import base64
import binascii
import io
import os
import re
import stat
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit
from urllib.request import url2pathname

from qvq_nb.errors import QvqError
from qvq_nb.files import gigabytes, shown

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "PPM")  # none of which starts another program
LARGEST_FILE_BYTES = 500_000_000
THE_IMAGE = "The image"
ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
DATA = re.compile(r"data:[^,]{0,200},", re.IGNORECASE)
KINDS = (
    (stat.S_ISDIR, "a folder, not an image; give the path of one picture in it"),
    (stat.S_ISFIFO, "a pipe, not a file; save the picture as a file first"),
    (stat.S_ISSOCK, "a socket, not a file; save the picture as a file first"),
    (stat.S_ISREG, None),
)


def name_of(source) -> str:
    """What a message calls it: the path as it was given, shortened; "The image" for bytes."""
    if isinstance(source, str) and DATA.match(source):
        return "The picture in the data: address"
    return shown(str(source)) if isinstance(source, (str, os.PathLike)) else THE_IMAGE


def opened_file(source):
    """The picture in a path, a file:// or data: address, or bytes, opened by Pillow and not yet decoded.

    Raises QvqError for web addresses, for what is no plain file or too large, and for any other format.
    """
    from PIL import Image, UnidentifiedImageError

    name, content = name_of(source), _content(source)
    if isinstance(content, bytes):
        _check_size(len(content), name)
        content = io.BytesIO(content)
    try:
        return Image.open(content, formats=FORMATS)
    except UnidentifiedImageError:
        raise QvqError(
            f"{name} is not an image that can be read; give a PNG, JPEG, WebP, GIF, BMP or TIFF."
        ) from None
    except OSError as error:
        if error.errno is None:  # said by Pillow about the content, not by the system about the file
            raise
        raise QvqError(f"{name} cannot be read ({error.strerror}).") from None


def _content(source) -> bytes | Path:
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    if isinstance(source, str):
        if DATA.match(source):
            return _of_data_address(source)
        if address := ADDRESS.match(source):
            return _plain_file(_of_address(source, address[1].lower()), source)
    return _plain_file(source, source)


def _of_address(source: str, scheme: str) -> str:
    name = shown(source)
    if scheme != "file":
        kind = "a web address" if scheme in ("http", "https") else "an address"
        raise QvqError(
            f"{name} is {kind}, and the kit opens no network; download the picture and give its path."
        )
    try:
        parts = urlsplit(source)
    except ValueError:
        raise QvqError(f"{name} is no address of a file; give the picture's path.") from None
    if parts.netloc not in ("", "localhost"):
        raise QvqError(f"{name} names another machine; give the path of a picture on this one.")
    return url2pathname(parts.path)


def _of_data_address(source: str) -> bytes:
    head, _, content = source.partition(",")
    if len(content) > 2 * LARGEST_FILE_BYTES:
        _check_size(len(content) // 2, name_of(source))
    written = unquote_to_bytes(content.encode("utf-8", "replace"))
    if not head.lower().endswith(";base64"):
        return written
    try:
        return base64.b64decode(b"".join(written.split()), validate=True)
    except binascii.Error:
        raise QvqError(f"{name_of(source)} is cut off or no base64; copy it again, or give a path.") from None


def _plain_file(path, written) -> Path:
    name = shown(str(written))
    try:
        path = Path(path).expanduser()
        found = path.stat()
    except FileNotFoundError:
        raise QvqError(f"There is no file {name}; check the spelling and the folder you are in.") from None
    except (OSError, ValueError, RuntimeError, TypeError) as error:
        raise QvqError(f"{name} cannot be read ({getattr(error, 'strerror', None) or error}).") from None
    device = "a device, not a file; save the picture as a file first"
    if what := next((what for is_kind, what in KINDS if is_kind(found.st_mode)), device):
        raise QvqError(f"{name} is {what}.")
    _check_size(found.st_size, name)
    return path


def _check_size(size: int, name: str) -> None:
    if not size:
        raise QvqError(f"{name} is empty (0 bytes); save or download the picture again.")
    if size > LARGEST_FILE_BYTES:
        raise QvqError(
            f"{name} has {gigabytes(size)}, more than the {gigabytes(LARGEST_FILE_BYTES)} that are opened; "
            "make the picture smaller first."
        )
