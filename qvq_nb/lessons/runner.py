"""Execute lessons with papermill, each from a clean kernel of this environment, within a limit of time.

Each notebook runs in a worker process (`workers/notebook.py`), watched by its job (`job.py`). An
executed notebook is kept whatever happened.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue

import psutil

from qvq_nb.cases import LANGUAGES
from qvq_nb.errors import QvqError
from qvq_nb.files import GIB, read_json
from qvq_nb.leftovers import abandoned, owned_folder
from qvq_nb.lessons.builder import NEEDS_FILE
from qvq_nb.lessons.finding import find_lessons, known_model, made_folder, read_lesson
from qvq_nb.lessons.job import SAMPLE_SECONDS, Job, LessonResult, Limits, Progress, rescue
from qvq_nb.lessons.kernels import clean_environment, end, marked
from qvq_nb.paths import notebooks_folder

DEFAULT_FOLDER = Path("build") / "run"
DEFAULT_TIMEOUT_SECONDS = 600
KINDS = ("run", "measure", "lab")  # of temporary folders
USABLE_SHARE_OF_MEMORY = 0.9


def run(
    lessons: Sequence[str | Path] = (),
    model: str = "qvq-mini",
    language: str = "en",
    to: str | Path = DEFAULT_FOLDER,
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
    progress: Callable[[Progress], None] | None = None,
    *,
    parameters: dict | None = None,
    parallel: int = 1,
    memory_gib: float | None = None,
) -> list[LessonResult]:
    """Execute lessons and write the executed notebooks into the folder `to`; return one result per lesson.

    A lesson is a name (`05_invoice`, `invoice`, `05`) or a notebook's path; none at all means every lesson.
    `parallel` lessons run at a time, the longest first; `progress` is called in this thread all the same.
    A lesson is stopped when it takes more than `memory_gib`, by default nine tenths of what is free when the
    run begins, or too many processes. What runs that were killed have left behind is cleared up first.

    Mistakes (an unknown lesson, model, language or parameter) raise QvqError before anything runs. Ctrl-C
    stops the lessons under way and keeps what was executed: results then say "interrupted" and "not run".
    """
    if language not in LANGUAGES:
        raise QvqError(f"There is no edition in {language!r}; choose one of {', '.join(LANGUAGES)}.")
    if not timeout_seconds > 0:
        raise QvqError(f"The time limit must be above 0 seconds; it is {timeout_seconds}.")
    if memory_gib is not None and not memory_gib > 0:
        raise QvqError(f"The limit of memory must be above 0 GiB; it is {memory_gib}.")
    if parallel < 1:
        raise QvqError(f"At least 1 lesson has to run at a time, not {parallel}.")
    notebooks = find_lessons(lessons, language)
    parameters = {"model": known_model(model), "language": language, **(parameters or {})}
    given = {notebook: read_lesson(notebook, parameters) for notebook in notebooks}
    to = made_folder(to)
    finish_killed_runs()

    stop, steps = threading.Event(), SimpleQueue()
    usable_bytes = USABLE_SHARE_OF_MEMORY * psutil.virtual_memory().available
    limits = Limits(timeout_seconds, int(memory_gib * GIB if memory_gib else usable_bytes))
    with owned_folder("run", to=str(to)) as temporary:
        environment = clean_environment(temporary, parallel)
        shared = (environment, parameters, to, limits, steps.put, stop)
        with ThreadPoolExecutor(max_workers=parallel) as pool:
            futures = {}
            for notebook in longest_first(notebooks) if parallel > 1 else notebooks:
                job = Job(notebook, given[notebook], temporary / notebook.stem, *shared)
                futures[notebook] = pool.submit(job.result)
            while True:
                try:
                    _follow(list(futures.values()), steps, progress or (lambda step: None))
                    return [futures[notebook].result() for notebook in notebooks]
                except BaseException as error:
                    stop.set()
                    if not isinstance(error, KeyboardInterrupt):
                        raise


def finish_killed_runs() -> list[Path]:
    """Clear up after runs that were killed: end what they started, keep what they had executed.

    Returns the notebooks that were kept, each in the folder that its run was to write to.
    """
    kept = []
    for folder, told in abandoned(*KINDS):
        to = Path(str(told.get("to", "")))
        end(partial(marked, str(folder)))
        for executed in sorted(folder.glob("*/*.ipynb")):
            with suppress(OSError, QvqError):  # the folder to write to may be gone
                if to.is_dir() and rescue(executed, to / executed.name):
                    kept.append(to / executed.name)
    return kept


def longest_first(notebooks: Sequence[Path]) -> list[Path]:
    """The notebooks by the minutes that `qvq-nb lessons measure` wrote down; those without come last."""
    try:
        needs = read_json(notebooks_folder() / "source" / NEEDS_FILE)
    except QvqError:
        needs = {}
    return sorted(notebooks, key=lambda notebook: -needs.get(notebook.stem, {}).get("machine_minutes", 0))


def _follow(waiting: Sequence[Future], steps: SimpleQueue, progress: Callable[[Progress], None]) -> None:
    """Tell the steps of all lessons until they are over; raise what one of them raised."""
    while waiting:  # now and then awake: a wait without end misses a Ctrl-C that comes just as it begins
        done, waiting = wait(waiting, SAMPLE_SECONDS)
        while not steps.empty():
            progress(steps.get())
        for future in done:
            future.result()
