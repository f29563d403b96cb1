"""Fetch files with a hub's client: several at once, again as long as bytes arrive, not again where that is
no use."""

import heapq
import re
import time
from collections import deque
from collections.abc import Callable, Container, Sequence
from contextlib import suppress
from pathlib import Path

from qvq_nb.download.display import Progress
from qvq_nb.download.listing import HubFile, partial
from qvq_nb.download.manifest import BLOCK_BYTES, State, is_right, sha256_of
from qvq_nb.download.transfer.client import FILES_AT_ONCE, Client, Failure, told
from qvq_nb.errors import IntegrityError, NotFoundError

ATTEMPTS_WITHOUT_BYTES = 8  # in a row for one file, while no byte of any other file arrives either
LONGEST_WAIT_SECONDS = 30
FIRST_WAIT_SECONDS = 1.0  # each further wait is twice as long
TICK_SECONDS = 0.2
SPEED_WINDOW_SECONDS = 15


class Meter:
    """Counts what lies on the disk of a model's files, and how fast that grows."""

    def __init__(self, folder: Path, files: Sequence[HubFile], phase: str, show: Callable[[Progress], None]):
        self._folder, self._phase, self._show = folder, phase, show
        self.files = {file.path: file for file in files}
        self._here = {file.path: bytes_here(folder, file) for file in files}
        self._done = {file.path for file in files if (folder / file.path).exists()}
        self._samples = deque([(time.monotonic(), sum(self._here.values()))])

    def look(self, paths: Sequence[str] = ()) -> None:
        """Look at these files again and show how far everything is."""
        for path in paths:
            self._here[path] = bytes_here(self._folder, self.files[path])
        self.show()

    def add(self, path: str, count: int) -> None:
        """Count bytes of a file that is read or copied here."""
        self._here[path] += count
        if time.monotonic() - self._samples[-1][0] >= TICK_SECONDS:
            self.show()

    def restart(self, path: str) -> None:
        self._here[path] = 0
        self._done.discard(path)

    def finish(self, path: str) -> None:
        self._done.add(path)
        self._here[path] = self.files[path].size
        self.show()

    def here(self, path: str) -> int:
        return self._here[path]

    def show(self) -> None:
        now, done = time.monotonic(), sum(self._here.values())
        while len(self._samples) > 1 and now - self._samples[0][0] > SPEED_WINDOW_SECONDS:
            self._samples.popleft()
        (first, before), _ = self._samples[0], self._samples.append((now, done))
        shards = [file.path for file in self.files.values() if file.is_weights]
        self._show(
            Progress(
                phase=self._phase,
                bytes_done=done,
                bytes_total=sum(file.size for file in self.files.values()),
                bytes_per_second=max(0.0, (done - before) / (now - first)) if now > first else 0.0,
                shards_done=len(self._done.intersection(shards)),
                shards_total=len(shards),
            )
        )


def fetch(
    client: Client, model: str, folder: Path, files: Sequence[HubFile], state: State, meter: Meter
) -> None:
    """Fetch `files`, none of which may be there yet, into `folder`; what is verified is remembered in `state`
    at once.

    A file that was cut is continued. It is tried again as long as bytes arrive, for this file or for another;
    else after longer and longer waits, at last given up with NetworkError. A wrong fingerprint is answered by
    one fetch from the first byte on, then by IntegrityError. A refusal of the hub (401, 403, 404) and a full
    disk end everything at once.
    """
    waiting = [(0.0, number, file) for number, file in enumerate(files)]  # a heap: when, in which order
    order = {file.path: number for number, file in enumerate(files)}
    by_path = {file.path: file for file in files}
    furthest = {file.path: meter.here(file.path) for file in files}
    attempts = dict.fromkeys(by_path, 0)  # in a row without a new byte of this file
    barren = dict.fromkeys(by_path, 0)  # in a row without a new byte of any file
    again: set[str] = set()  # came wrong once
    under_way: set[str] = set()

    def bytes_arrived() -> None:
        for path in under_way:
            if meter.here(path) > furthest[path]:
                furthest[path] = meter.here(path)
                attempts[path] = 0
                barren.update(dict.fromkeys(barren, 0))

    while waiting or under_way:
        while waiting and len(under_way) < FILES_AT_ONCE and waiting[0][0] <= time.monotonic():
            _, _, file = heapq.heappop(waiting)
            (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
            under_way.add(file.path)
            client.begin(file)
        answer = client.answer(TICK_SECONDS)
        meter.look(under_way)
        bytes_arrived()
        if answer is None:
            continue
        path = answer["path"]
        file = by_path[path]
        if "failed" not in answer:
            under_way.remove(path)
            finish(folder, file, state, meter)
            continue
        failure = Failure(**answer["failed"])
        wait = failure.wait
        if failure.kind == "integrity" and path not in again:
            again.add(path)
            furthest[path] = 0
            meter.restart(path)
        elif failure.kind == "network" and barren[path] < ATTEMPTS_WITHOUT_BYTES:
            if attempts[path]:
                wait = max(wait, FIRST_WAIT_SECONDS * 2 ** (attempts[path] - 1))
            attempts[path] += 1
            barren[path] += 1
        else:
            raise told(failure, client, model, path, f"What has come is kept in {folder}.")
        under_way.remove(path)
        heapq.heappush(waiting, (time.monotonic() + min(wait, LONGEST_WAIT_SECONDS), order[path], file))


def finish(folder: Path, file: HubFile, state: State, meter: Meter) -> None:
    """Remember a file that has come and was compared, and clean up what earlier attempts left of it."""
    state.remember(file.path, file.sha256 or sha256_of(folder / file.path), verified=file.has_fingerprint)
    state.save()
    clean(folder, file, meter.files)
    meter.finish(file.path)


def clean(folder: Path, file: HubFile, listed: Container[str]) -> None:
    """Delete the parts that clients leave of a file, once it is whole; never what is itself `listed`."""
    target = folder / file.path
    part = re.compile(re.escape(target.name) + r"(_[0-9]+_[0-9]+|\.parallel_tmp|\.incomplete)")
    for path in target.parent.iterdir():
        if part.fullmatch(path.name) and path.relative_to(folder).as_posix() not in listed:
            with suppress(OSError):
                path.unlink()


def adopt(folder: Path, files: Sequence[HubFile], state: State, meter: Meter) -> None:
    """Look at what is there already: what is right is remembered, what is wrong is deleted, what is cut is
    continued later."""
    for file in files:
        target = folder / file.path
        if not target.is_file():
            continue
        size = target.stat().st_size
        if size < file.size and not partial(target).exists():
            target.rename(partial(target))
        elif size != file.size:
            target.unlink()
        else:
            sha256 = state.sha256(file.path)
            if sha256 is None:
                meter.restart(file.path)
                sha256 = sha256_of(target, lambda count, path=file.path: meter.add(path, count))
            if is_right(file, target, sha256):
                state.remember(file.path, sha256, verified=file.has_fingerprint)
                meter.finish(file.path)
            else:
                state.forget(file.path)
                target.unlink()
                meter.restart(file.path)


def bytes_here(folder: Path, file: HubFile) -> int:
    """How many bytes of a file lie on the disk, whole or in part."""
    target = folder / file.path
    for path in (target, partial(target), target):  # it may be renamed between the first two looks
        with suppress(OSError):
            return min(path.stat().st_size, file.size)
    return 0


def copy(source: Path, folder: Path, files: Sequence[HubFile], state: State, meter: Meter) -> None:
    """Copy `files` out of another folder, verifying what is written; NotFoundError or IntegrityError name
    the first bad one."""
    for file in files:
        origin, target = source / file.path, folder / file.path
        if not origin.is_file() or origin.stat().st_size != file.size:
            wrong = "is not as long as it should be" if origin.is_file() else "is missing"
            error = IntegrityError if origin.is_file() else NotFoundError
            raise error(
                f"{origin} {wrong}; what was copied before is kept in {folder}. Take that file from "
                "elsewhere."
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        meter.restart(file.path)
        with origin.open("rb") as reader, partial(target).open("wb") as writer:
            while block := reader.read(BLOCK_BYTES):
                writer.write(block)
                meter.add(file.path, len(block))
        sha256 = sha256_of(partial(target))
        if not is_right(file, partial(target), sha256):
            partial(target).unlink()
            raise IntegrityError(
                f"{origin} is damaged (wrong sha256) and was not copied; take that file from elsewhere."
            )
        partial(target).replace(target)
        finish(folder, file, state, meter)
