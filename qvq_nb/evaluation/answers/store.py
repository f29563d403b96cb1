"""Answers in a folder, one JSON object a line, on the disk as soon as they are complete.

Every runner appends to a file of its own, `answers.jsonl`, `answers-2.jsonl` …; all are read together.
Scores are not in there: what scores an answer may change without asking again.
"""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from socket import gethostname

from qvq_nb.errors import DiskError, QvqError
from qvq_nb.files import NOT_WHAT_WAS_EXPECTED, shown

BEGINNING = b'{"key": "'  # of each line
LEFT_ALONE = "it stays as it is. Move it away, or take another folder."


class Store:
    """The answers in a folder, of all runners; `keep` adds one to this runner's file. Threads may share it.

    It is a context: within it the file is this runner's alone. `part` such as (2, 8) is in the file's name.
    QvqError where a file there holds something else, DiskError where the folder cannot be written.
    """

    def __init__(self, folder: str | Path, part: tuple[int, int] | None = None):
        self.folder = Path(folder)
        self.file: Path | None = None
        self._stem = "answers" if part is None else f"answers-{part[0]}-of-{part[1]}"
        self._places: dict[str, tuple[Path, int, int]] = {}  # key → file, first byte, length
        self._read_to: dict[Path, int] = {}
        self._stream = self._lock_file = None
        self._lock = threading.RLock()
        if self.folder.exists() and not self.folder.is_dir():
            raise QvqError(f"{self.folder} is no folder, so no answers can be kept there; nothing was asked.")

    def __enter__(self):
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.file = self._own_file()
            self._stream = self.file.open("ab", buffering=0)
            self._read_all()
            self._stream.truncate(self._read_to.get(self.file, 0))  # a line that was cut off
        except OSError as error:
            self.close()
            raise DiskError(
                f"No answers can be kept in {self.folder} ({error.strerror or error}); nothing was asked. "
                "Take another folder."
            ) from None
        except QvqError:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: str) -> bool:
        return key in self._places

    @property
    def is_first(self) -> bool:
        """Whether this runner has the first file; another one beside it has a further one."""
        return self.file is None or self.file.stem == self._stem

    def line(self, key: str) -> dict | None:
        """The answer with that key as it was kept; None where there is none."""
        with self._lock:
            if key not in self._places:
                return None
            file, begin, length = self._places[key]
            with file.open("rb") as stream:
                stream.seek(begin)
                return json.loads(stream.read(length))

    def lines(self) -> Iterator[dict]:
        """Every answer, each key once."""
        return (self.line(key) for key in tuple(self._places))

    def refresh(self) -> None:
        """Read what has come into the folder since the last time, from whatever runner.

        A file that cannot be read just now, as on a network's disk, is left for the next time.
        """
        with self._lock, suppress(OSError):
            self._read_all()

    def keep(self, line: dict) -> None:
        """Write a line down: when this returns it is on the disk. DiskError where the disk refuses.

        After `close` nothing is written any more.
        """
        written = _line(line)
        with self._lock:
            if self._stream is None:
                return
            begin = os.fstat(self._stream.fileno()).st_size
            try:
                rest = memoryview(written)
                while rest:  # a disk that is nearly full takes a part, and says why at the next try
                    rest = rest[self._stream.write(rest) :]
                os.fsync(self._stream.fileno())
            except OSError as error:
                self._stream.truncate(begin)
                raise DiskError(
                    f"{self.file} takes no more answers ({error.strerror}); the {len(self)} before are kept "
                    "there. Make room, then give the same command again."
                ) from None
            self._found(line, self.file, begin, len(written))
            if (
                self._read_to.get(self.file, 0) == begin
            ):  # else somebody whose lock is not seen here wrote, too
                self._read_to[self.file] = begin + len(written)

    def close(self) -> None:
        """Leave the file to others."""
        with self._lock:
            if self._stream is not None:
                self._stream.close()
                self._stream = None
            if self._lock_file is not None:
                self._lock_file.release()
                self._lock_file = None

    def _own_file(self) -> Path:
        """The first file that no other runner has now; where nothing can be locked, a new one."""
        from filelock import FileLock, Timeout

        number = 1
        while True:
            file = self.folder / f"{self._stem}{'' if number == 1 else f'-{number}'}.jsonl"
            lock = FileLock(self.folder / f".{file.name}.lock")
            try:
                lock.acquire(timeout=0)
            except Timeout:
                number += 1
                continue
            except NotImplementedError:
                return self.folder / f"{self._stem}-{gethostname()}-{os.getpid()}.jsonl"
            self._lock_file = lock
            return file

    def _read_all(self) -> None:
        for file in sorted(self.folder.glob("answers*.jsonl")):
            self._read(file)

    def _read(self, file: Path) -> None:
        begin = self._read_to.get(file, 0)
        if file.stat().st_size <= begin:
            return
        with file.open("rb") as stream:
            stream.seek(begin)
            content = stream.read()
        *whole, rest = content.split(b"\n")
        if not (rest.startswith(BEGINNING) or BEGINNING.startswith(rest) or not rest.strip(b"\0")):
            whole.append(rest)  # no answer that was cut off
        for number, written in enumerate(whole, 1):
            line = _answer(written)
            if line is None and not written.startswith(BEGINNING):
                after = f" after byte {begin:,}" if begin else ""
                raise QvqError(
                    f"{file} holds something else than answers, in line {number}{after} "
                    f"({shown(written[:80].decode(errors='replace'))!r}); {LEFT_ALONE}"
                )
            if line is not None:
                self._found(line, file, begin, len(written))
            begin += len(written) + 1
        self._read_to[file] = begin

    def _found(self, line: dict, file: Path, begin: int, length: int) -> None:
        """A question whose asking failed is not answered; of two answers the first one counts."""
        if line["error"] is None:
            self._places.setdefault(line["key"], (file, begin, length))


def _answer(written: bytes) -> dict | None:
    """A line as an answer or a failure; None where it is neither."""
    try:
        line = json.loads(written)
        is_sound = isinstance(line["key"], str) and isinstance(line["text"], str) != isinstance(
            line["error"], str
        )
    except NOT_WHAT_WAS_EXPECTED:
        return None
    return line if is_sound else None


def _line(line: dict) -> bytes:
    try:
        return json.dumps(line, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half a character, as a model may write it
        return json.dumps(line).encode() + b"\n"
