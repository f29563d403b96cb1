"""Temporary folders with an owner: what a killed process left behind can be told from what is in use."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from qvq_nb import paths
from qvq_nb.errors import QvqError
from qvq_nb.files import as_json, read_json, replace

PREFIX = "qvq-nb-"
LOCK, OWNER = "owner.lock", "owner.json"


@contextmanager
def owned_folder(kind: str, *, place: Path | None = None, **told) -> Iterator[Path]:
    """A temporary folder that is removed at the end; its owner holds a lock as long as it lives.

    `kind` says whose it is ("run", "lab", "rehearsal"), `place` where it is made, else the system's temporary
    folder; `told` are plain values for whoever clears up when it was killed.
    """
    from filelock import FileLock

    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place)).resolve()
    lock = FileLock(folder / LOCK)
    try:
        with suppress(NotImplementedError):  # a disk without locks: what is left behind there stays
            lock.acquire(timeout=0)
            replace(folder / OWNER, as_json({"kind": kind, "process": os.getpid(), **told}))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def abandoned(*kinds: str, places: Iterable[Path] = ()) -> Iterator[tuple[Path, dict]]:
    """Every folder of these kinds and of this user whose owner is dead, with what its owner told.

    It is removed afterwards; only one process at a time gets a folder. `places` are where to look besides the
    usual ones.
    """
    for owner in _owners(places):
        with _taken_over(owner) as told:
            if told is None or told["kind"] not in kinds:
                continue
            try:
                yield owner.parent, told
            finally:
                shutil.rmtree(owner.parent, ignore_errors=True)


def left_behind(places: Iterable[Path] = ()) -> list[tuple[Path, dict]]:
    """The same folders of every kind, and what their owners told; nothing is removed."""
    found = []
    for owner in _owners(places):
        with _taken_over(owner) as told:
            if told is not None:
                found.append((owner.parent, told))
    return found


def usual_places() -> list[Path]:
    """Where the kit makes temporary folders: the temporary, the home and the working folder."""
    return [Path(tempfile.gettempdir()), paths.home_folder(), *paths.working_folder()]


def _owners(places) -> list[Path]:
    folders = dict.fromkeys(Path(place).resolve() for place in (*usual_places(), *places))
    found = []
    for folder in folders:
        with suppress(OSError):  # a folder that may not be listed holds nothing of this user's
            found += sorted(folder.glob(f"{PREFIX}*/{OWNER}"))
    return found


@contextmanager
def _taken_over(owner: Path) -> Iterator[dict | None]:
    """What the owner of a folder told, with its lock held; None where it lives, or is not this user's."""
    from filelock import FileLock, Timeout

    lock = FileLock(owner.parent / LOCK)
    try:
        told = read_json(owner) if _is_own(owner.parent) else None
        if told is not None and "kind" in told:
            lock.acquire(timeout=0)
        else:
            told = None
    except (Timeout, OSError, NotImplementedError, QvqError):
        told = None
    try:
        yield told
    finally:
        lock.release()


def _is_own(folder: Path) -> bool:
    """A folder of this user's with a lock, and no link to one."""
    is_made_here = (folder / LOCK).is_file() and not (folder.is_symlink() or (folder / LOCK).is_symlink())
    return is_made_here and (not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid())
