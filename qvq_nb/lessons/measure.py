"""What a lesson takes: run it, watch it, and write minutes, memory and disk down for its needs line."""

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.files import as_json, read_json, write_whole
from qvq_nb.leftovers import owned_folder
from qvq_nb.lessons.builder import NEEDS_FILE
from qvq_nb.lessons.finding import lesson_names
from qvq_nb.lessons.kernels import TEMPORARY_VARIABLES
from qvq_nb.lessons.runner import run
from qvq_nb.paths import notebooks_folder

ROUNDED_UP_TO = {"memory_mib": 100, "disk_mib": 10}
SAMPLE_SECONDS = 0.5


def measure(lessons=(), model: str = "qvq-mini", progress=None) -> dict[str, dict]:
    """Run English lessons, one after the other, and write what each took into `source/needs.json`.

    Measured, and rounded up: minutes on this machine's cores, peak memory, peak disk of what a lesson writes.
    The rest of its entry (tier, learner minutes) is edited by people and stays. `lessons` and `progress` are
    as for `run`. Returns all needs by lesson. A lesson that fails raises QvqError, and Ctrl-C stops; the
    lessons before it are written.
    """
    file = notebooks_folder() / "source" / NEEDS_FILE
    needs = read_json(file) if file.is_file() else {}
    for lesson in lessons or lesson_names("en"):
        with _temporary_folder() as folder, _watched(folder) as peak:
            result = run([lesson], model, "en", folder / "executed", progress=progress)[0]
        if result.status == "interrupted":
            raise KeyboardInterrupt(f"{result.lesson} was interrupted; its needs are as before.")
        if not result.passed:
            raise QvqError(f"{result.lesson} {result.status} ({result.error}); its needs are as before.")
        taken = {"memory_mib": result.peak_memory_mib, "disk_mib": peak["bytes"] / 2**20}
        needs[result.lesson] = {
            **needs.get(result.lesson, {}),
            "machine_minutes": ceil(result.seconds / 6) / 10,  # in tenths: the runner takes the longest first
            "cores": os.cpu_count() or 1,
            **{name: step * max(1, ceil(taken[name] / step)) for name, step in ROUNDED_UP_TO.items()},
        }
        write_whole(file, as_json(dict(sorted(needs.items()))) + "\n")
    return needs


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """A folder that is the place for temporary files, for this process and for those that it starts."""
    before = {name: os.environ.get(name) for name in TEMPORARY_VARIABLES}, tempfile.tempdir
    with owned_folder("measure") as folder:
        try:
            os.environ.update(dict.fromkeys(TEMPORARY_VARIABLES, str(folder)))
            tempfile.tempdir = str(folder)
            yield folder
        finally:
            variables, tempfile.tempdir = before
            for name, value in variables.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextmanager
def _watched(folder: Path) -> Iterator[dict]:
    """Watch a folder; `bytes` of what this gives is the most that its files took on the disk."""
    peak, over = {"bytes": 0}, threading.Event()

    def watch():
        while not over.wait(SAMPLE_SECONDS):
            files = [os.path.join(place, name) for place, _, names in os.walk(folder) for name in names]
            peak["bytes"] = max(peak["bytes"], sum(map(_bytes_on_disk, files)))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def _bytes_on_disk(file: str) -> int:
    """What a file takes, without its holes where the system tells; 0 for one that is gone by now."""
    try:
        state = os.lstat(file)
    except OSError:
        return 0
    return getattr(state, "st_blocks", 0) * 512 or state.st_size
