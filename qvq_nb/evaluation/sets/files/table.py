"""A file of tab-separated rows, read row by row: it may be far larger than the memory."""

import csv
import io
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from qvq_nb.errors import QvqError
from qvq_nb.files import LFS_POINTER, gigabytes, shown

LONGEST_LINE = 2**28  # bytes; twenty pages scanned at 10 MB each
_QUOTES = "a quoted cell does not end where it should"


class Record(NamedTuple):
    """One row: the line on which it begins, from 1, its bytes from `start` to `end`, and its cells."""

    line: int
    start: int
    end: int
    cells: list[str]


class Table:
    """The rows of a tab-separated file; QvqError, with the line, for what is no such file."""

    def __init__(self, path: Path):
        self.path = path
        self.columns: tuple[str, ...] = ()
        self._stamp = stamp(path)

    def records(self) -> Iterator[Record]:
        """Every row below the header, which becomes `columns`."""
        csv.field_size_limit(max(LONGEST_LINE, csv.field_size_limit()))
        with self.path.open("rb") as stream:
            lines = _Lines(stream, self.path.name)
            for record in self._read(lines):
                if not self.columns:
                    self._take_header(record)
                elif len(record.cells) != len(self.columns):
                    raise QvqError(
                        f"{self.path.name}, line {record.line}: {len(record.cells)} cells, where the header "
                        f"has {len(self.columns)} columns. Mend the row, or fetch the file again."
                    )
                else:
                    yield record
        if not self.columns:
            raise QvqError(f"{self.path.name} is empty; fetch the file again.")

    def cell(self, start: int, end: int, column: int) -> str:
        """One cell of the row that lies at these bytes, read once more."""
        changed = QvqError(
            f"{self.path} has changed since it was read; start again, so that it is read anew."
        )
        try:
            if stamp(self.path) != self._stamp:
                raise changed
            with self.path.open("rb") as stream:
                stream.seek(start)
                text = stream.read(end - start).decode("utf-8")
            lines = io.StringIO(text, newline="\n")  # other ends of lines stay within their cells
            return _cells(lines)[column]
        except (OSError, ValueError, csv.Error, IndexError, StopIteration):
            raise changed from None

    def _read(self, lines) -> Iterator[Record]:
        while True:
            start, line = lines.bytes, lines.count + 1
            try:
                cells = _cells(lines)
            except StopIteration:
                return
            except csv.Error as problem:
                what = _QUOTES if "NUL" not in str(problem) else "a zero byte stands in it"
                raise QvqError(
                    f"{self.path.name}, line {line}: {what} ({problem}). "
                    "Mend the row, or fetch the file again."
                ) from None
            if cells != [""]:
                yield Record(line, start, lines.bytes, cells)

    def _take_header(self, record: Record) -> None:
        names = [name.strip() for name in record.cells]
        if names[0].startswith(LFS_POINTER):
            raise QvqError(
                f"{self.path.name} is only a Git LFS pointer; run `git lfs pull`, or fetch the file."
            )
        if len(names) < 2:
            raise QvqError(
                f"{self.path.name}, line {record.line}: no columns parted by tabs, but "
                f"{shown(names[0])!r}. A benchmark's file begins with index, image, question, answer."
            )
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            raise QvqError(
                f"{self.path.name}, line {record.line}: two columns are called {shown(twice[0])!r}."
            )
        self.columns = tuple(names)


def _cells(lines: Iterator[str]) -> list[str]:
    """The cells of the next row, which may take several lines; csv.Error where its quotes are wrong."""
    line = next(lines)
    if '"' not in line:  # as in most rows, and far faster than csv
        return line.rstrip("\r\n").split("\t")
    return next(csv.reader(chain([line], lines), dialect="excel-tab", strict=True))


class _Lines:
    """The lines of a file as text, and how far it has been read: `bytes` and `count` of lines."""

    def __init__(self, stream, name: str):
        self._stream, self._name = stream, name
        self.bytes = self.count = 0

    def __iter__(self):
        return self

    def __next__(self) -> str:
        line = self._stream.readline(LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        self.count += 1
        if len(line) > LONGEST_LINE:
            most = gigabytes(LONGEST_LINE)
            raise QvqError(
                f"{self._name}, line {self.count}: longer than {most}; this is no benchmark's file."
            )
        self.bytes += len(line)
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as problem:
            raise QvqError(
                f"{self._name}, line {self.count}: not UTF-8 (byte {problem.start + 1} of the line). "
                "Save the file as UTF-8, or fetch it again."
            ) from None
        return text.removeprefix("\ufeff") if self.count == 1 else text


def stamp(path: Path) -> tuple[int, int]:
    """Size and time of a file, by which a change is noticed."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns
