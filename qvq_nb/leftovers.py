"""Temporary folders with an owner: what a killed process left behind can be told from what is in use."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.files import as_json, read_json, replace

PREFIX = "qvq-nb-"
LOCK, OWNER = "owner.lock", "owner.json"


@contextmanager
def owned_folder(kind: str, **told) -> Iterator[Path]:
    """A temporary folder that is removed at the end; its owner holds a lock as long as it lives.

    `kind` says whose it is ("run", "lab"), `told` are plain values for whoever clears up when it was killed.
    """
    from filelock import FileLock

    folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    lock = FileLock(folder / LOCK)
    with suppress(NotImplementedError):  # a disk without locks: what is left behind there stays
        lock.acquire(timeout=0)
        replace(folder / OWNER, as_json({"kind": kind, **told}))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def abandoned(*kinds: str) -> Iterator[tuple[Path, dict]]:
    """Every folder of these kinds and of this user whose owner is dead, with what its owner told.

    It is removed afterwards; only one process at a time gets a folder.
    """
    from filelock import FileLock, Timeout

    for owner in sorted(Path(tempfile.gettempdir()).resolve().glob(f"{PREFIX}*/{OWNER}")):
        folder = owner.parent
        try:
            told = read_json(owner)
            if told.get("kind") not in kinds or not _is_own(folder):
                continue
            lock = FileLock(folder / LOCK)
            lock.acquire(timeout=0)
        except (Timeout, OSError, NotImplementedError, QvqError):
            continue
        try:
            yield folder, told
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            lock.release()


def _is_own(folder: Path) -> bool:
    return not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid()
