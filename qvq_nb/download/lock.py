"""One process at a time in a model folder."""

import json
import os
import platform
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from qvq_nb.download.listing import WORK_FOLDER
from qvq_nb.errors import BusyError, DiskError
from qvq_nb.files import NOT_WHAT_WAS_EXPECTED, as_json, replace


@contextmanager
def locked(folder: Path):
    """Hold the folder, which is made if need be; BusyError says who holds it already, DiskError why it cannot
    be written.

    The operating system gives the lock back when its holder dies, however that happens: a lock left behind is
    no lock. A folder that was made here and stays empty is removed again.
    """
    from filelock import FileLock, SoftFileLock, Timeout

    work = folder / WORK_FOLDER
    holder = work / "holder.json"
    missing = [path for path in (work, *work.parents) if not path.exists()]  # deepest first
    try:
        work.mkdir(parents=True, exist_ok=True)
        lock = FileLock(work / "lock")
        try:
            lock.acquire(timeout=0)
        except NotImplementedError:  # a network disk without locks: the file names its holder instead
            lock = SoftFileLock(work / "lock")
            lock.acquire(timeout=0)
        since = time.strftime("%Y-%m-%d %H:%M:%S")
        told = {"process": os.getpid(), "machine": platform.node(), "since": since}
        replace(holder, as_json(told))
    except Timeout:
        raise BusyError(
            f"{_told(holder)} downloading into {folder}: wait for it or stop it, then run this again."
        ) from None
    except OSError as error:
        with suppress(OSError):
            for path in missing:
                path.rmdir()
        raise DiskError(
            f"{folder} cannot be written ({error.strerror}), so nothing was fetched; choose another with "
            "--to."
        ) from None
    try:
        yield
    finally:
        with suppress(OSError):
            holder.unlink()
            if [path.name for path in work.iterdir()] == ["lock"]:
                (work / "lock").unlink()  # while it is still held, so that nobody else holds the same name
                for path in missing or [work]:
                    path.rmdir()
        lock.release()


def _told(holder: Path) -> str:
    """Who holds the lock, as the beginning of a sentence."""
    try:
        told = json.loads(holder.read_text(encoding="utf-8"))
        return f"Process {told['process']} on {told['machine']} has since {told['since']} been"
    except (OSError, *NOT_WHAT_WAS_EXPECTED):
        return "Another process is"
