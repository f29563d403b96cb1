"""Pictures of a benchmark's file: checked when the file is read, brought into memory when one is taken."""

import base64
import hashlib
import io
import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.sets.files.table import Table
from qvq_nb.evaluation.sets.rows import Row, literal_list
from qvq_nb.files import shown
from qvq_nb.media.source import FORMATS, LARGEST_FILE_BYTES

LONGEST_REFERENCE = 64  # characters; a longer cell is a picture itself
_LIST = re.compile(r"\[[\[\]\s'\",A-Za-z0-9+/=\\]*\]")
_FAULT = "the picture is damaged: {why}"


class Pictures(Sequence):
    """The bytes of picture files that `load` brings, anew each time that they are taken."""

    def __init__(self, count: int, load: Callable[[], list[bytes]]):
        self._count, self._load = count, load

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place):
        return self._load()[place]

    def __iter__(self):
        return iter(self._load())

    def __repr__(self) -> str:
        return f"Pictures({self._count})"


class CellPictures:
    """What brings the pictures of one row: they stand in a cell as base64, or as a list of such texts."""

    def __init__(self, table: Table, start: int, end: int, column: int, place: str):
        self.table, self.span, self.place = table, (start, end, column), place

    def __call__(self) -> list[bytes]:
        return decoded(Row({"image": self.table.cell(*self.span)}, self.place))


class FilePictures:
    """What brings the pictures that lie in files."""

    def __init__(self, files: Sequence[Path]):
        self.files = files

    def __call__(self) -> list[bytes]:
        try:
            return [file.read_bytes() for file in self.files]
        except OSError as problem:
            raise QvqError(f"{problem.filename} cannot be read any more ({problem.strerror}).") from None


def lazily(files: Sequence[Path]) -> tuple[Pictures, str]:
    """The pictures in files, read when they are taken, and what is equal for the same files."""
    together = hashlib.sha256("\n".join(map(str, files)).encode("utf-8", "surrogateescape"))
    return Pictures(len(files), FilePictures(files)), together.hexdigest()[:16]


def decoded(row: Row) -> list[bytes]:
    """The pictures in a row's `image`, their kind looked at; QvqError for a damaged one."""
    written = row.text("image").strip()
    if written.startswith("["):  # looked through first, so that only a list of base64 texts is read as one
        texts = (literal_list(written, len(written)) if _LIST.fullmatch(written) else None) or []
        if not texts or not all(isinstance(text, str) for text in texts):
            row.fault("image", "the list of pictures does not hold base64 texts, or does not end")
    else:
        texts = [written]
    return [_decoded(text, row) for text in texts]


def _decoded(text: str, row: Row) -> bytes:
    try:
        content = _from_base64(text)
    except ValueError as problem:
        return row.fault("image", _FAULT.format(why=f"no whole base64 ({problem})"))
    if not is_picture(io.BytesIO(content)):
        row.fault("image", _FAULT.format(why="neither PNG nor JPEG nor another known picture"))
    return content


def _from_base64(text: str) -> bytes:
    """The bytes of a base64 text, which may stand on several lines; ValueError for any other."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return base64.b64decode("".join(text.split()), validate=True)


def is_picture(source) -> bool:
    """Whether a file or stream begins as a picture does; its pixels are not decoded."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Image.open(source, formats=FORMATS).close()
    except Exception:  # Pillow raises various errors for damaged beginnings
        return False
    return True


def files_of(row: Row, column: str, names: Sequence[str], folders: Sequence[Path]) -> tuple[Path, ...]:
    """The picture files that a row names, each inside one of the folders; QvqError for any other."""
    return tuple(_file(row, column, name, folders) for name in names)


def _file(row: Row, column: str, name: str, folders: Sequence[Path]) -> Path:
    outside = False
    for folder in folders:
        try:
            found = (folder / name).resolve()
            if not found.is_relative_to(folder.resolve()):
                outside = True
            elif found.is_file() and found.stat().st_size <= LARGEST_FILE_BYTES and is_picture(found):
                return found
        except (OSError, ValueError, RuntimeError):  # too long, a zero byte, a circle of links
            continue
    where = " or ".join(map(str, folders[:2]))
    why = "it leads out of the folder" if outside else "there is no picture"
    return row.fault(column, f"{shown(name)!r}: {why}; pictures are looked for in {where}")
