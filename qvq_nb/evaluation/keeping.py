"""What an evaluation has counted, kept in a file case by case, so that a later one goes on from there.

The first line says which model was asked, each further one is a row; every line is one JSON object. A line
that was cut off, at the end of a file whose writer was killed, is not counted and is written again.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path

from qvq_nb.errors import BusyError, QvqError
from qvq_nb.files import NOT_WHAT_WAS_EXPECTED

PLACE = ("family", "language", "seed")
COUNTED = {"ok": bool, "language_right": bool, "stop_reason": (str, type(None)),
           "seconds": (int, float, type(None)), "error": (str, type(None))}  # fmt: skip
OTHER_FILE = "it stays as it is. Take another file."


@dataclass(frozen=True)
class Asked:
    """Who was asked: the model's name, the sha256 of each weights file, and the thinking budget in tokens."""

    model: str
    weights: dict[str, str]
    thinking_budget: int | None = None

    def head(self) -> dict:
        """The first line of a file; the budget stands in each row, so that a curve has one file."""
        return {"qvq-nb": "evaluation", "model": self.model, "weights": self.weights}


class Kept:
    """The rows of one thinking budget in a file that is open, or, without one, no rows."""

    def __init__(self, asked: Asked, stream=None, rows: list[dict] = ()):
        self._budget, self._stream = asked.thinking_budget, stream
        mine = [row for row in rows if row.get("thinking_budget") == asked.thinking_budget]
        self._rows = {tuple(row[name] for name in PLACE): _without_budget(row) for row in mine}

    def row(self, place: tuple) -> dict | None:
        """What was counted before of (family, language, seed); None if nothing was."""
        return self._rows.get(place)

    def keep(self, row: dict) -> None:
        """Write a row down now; QvqError where the disk refuses."""
        if self._stream is not None:
            self.write({**row, "thinking_budget": self._budget})

    def write(self, content: dict) -> None:
        """Write a line; QvqError where the disk refuses."""
        line = _line(content)
        try:
            if self._stream.write(line) < len(line):
                raise OSError(ENOSPC, os.strerror(ENOSPC))
        except OSError as error:
            raise QvqError(
                f"{self._stream.name} takes no more rows ({error.strerror}); those before are kept there. "
                "Make room, then give the same command again."
            ) from None


@contextmanager
def keeping(file: str | Path | None, asked: Asked) -> Iterator[Kept]:
    """The rows that a file holds, and the file to keep more in; without a file nothing is kept.

    Raises QvqError where the file holds something else, or another model's rows, or cannot be written, and
    BusyError while another evaluation writes to it.
    """
    if file is None:
        yield Kept(asked)
        return
    from filelock import FileLock, Timeout

    file = Path(file)
    lock = FileLock(file.with_name(f".{file.name}.lock"))
    if file.exists() and not file.is_file():
        raise QvqError(f"{file} is no plain file, so nothing can be kept there; nothing was asked.")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(
            f"Another evaluation writes to {file}; wait for it, or keep this one elsewhere."
        ) from None
    except (OSError, NotImplementedError) as error:
        raise _refused(file, error) from None
    try:
        rows, sound_bytes = _read(file, asked)
        try:
            stream = file.open("r+b" if file.exists() else "w+b", buffering=0)
        except OSError as error:
            raise _refused(file, error) from None
        with stream:
            stream.seek(sound_bytes)
            stream.truncate()
            kept = Kept(asked, stream, rows)
            if not sound_bytes:
                kept.write(asked.head())
            yield kept
    finally:
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def _read(file: Path, asked: Asked) -> tuple[list[dict], int]:
    """The rows in a file, and the bytes up to the end of the last whole line; QvqError for another file."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        raise _refused(file, error) from None
    lines = content[: content.rfind(b"\n") + 1].splitlines(keepends=True)
    head, rows = asked.head(), []
    try:
        if lines:
            head, *rows = map(json.loads, lines)
        elif not _line(head).startswith(content):
            raise ValueError
        who = head["qvq-nb"], head["model"], head["weights"]
        if who[0] != "evaluation" or not all(map(_is_row, rows)):
            raise ValueError
    except NOT_WHAT_WAS_EXPECTED:
        raise QvqError(f"{file} holds something else than an evaluation; {OTHER_FILE}") from None
    if who[1:] != (asked.model, asked.weights):
        whose = "other weights of the same name" if who[1] == asked.model else repr(who[1])
        raise QvqError(f"{file} holds the rows of {whose}, not of {asked.model!r}; {OTHER_FILE}")
    return rows, sum(map(len, lines))


def _is_row(row) -> bool:
    """Whether this is a row that can be counted."""
    return all(isinstance(row[name], kind) for name, kind in COUNTED.items()) and all(
        isinstance(row[name], int if name == "seed" else str) for name in PLACE
    )


def _line(content: dict) -> bytes:
    return (json.dumps(content, default=str) + "\n").encode("ascii")


def _without_budget(row: dict) -> dict:
    return {name: value for name, value in row.items() if name != "thinking_budget"}


def _refused(file: Path, error: Exception) -> QvqError:
    reason = getattr(error, "strerror", None) or error
    return QvqError(f"Nothing can be kept in {file} ({reason}); nothing was asked. Take another file.")
