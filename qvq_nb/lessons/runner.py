"""Execute lessons with papermill, each from a clean kernel of this environment, within a limit of time.

Each notebook runs in a worker process (`worker.py`), watched by its job (`job.py`). An executed notebook is
kept whatever happened.
"""

import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from queue import SimpleQueue

from qvq_nb.cases import LANGUAGES
from qvq_nb.errors import QvqError
from qvq_nb.files import read_json
from qvq_nb.lessons.builder import NEEDS_FILE
from qvq_nb.lessons.finding import find_lessons, known_model, made_folder, read_lesson
from qvq_nb.lessons.job import SAMPLE_SECONDS, Job, LessonResult, Progress
from qvq_nb.lessons.kernels import clean_environment
from qvq_nb.paths import notebooks_folder

DEFAULT_FOLDER = Path("build") / "run"
DEFAULT_TIMEOUT_SECONDS = 600


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
) -> list[LessonResult]:
    """Execute lessons and write the executed notebooks into the folder `to`; return one result per lesson.

    A lesson is a name (`05_invoice`, `invoice`, `05`) or a notebook's path; none at all means every lesson.
    `parallel` lessons run at a time, the longest first; `progress` is called in this thread all the same.
    Mistakes (an unknown lesson, model, language or parameter) raise QvqError before anything runs. Ctrl-C
    stops the lessons under way and keeps what was executed: results then say "interrupted" and "not run".
    """
    if language not in LANGUAGES:
        raise QvqError(f"There is no edition in {language!r}; choose one of {', '.join(LANGUAGES)}.")
    if not timeout_seconds > 0:
        raise QvqError(f"The time limit must be above 0 seconds; it is {timeout_seconds}.")
    if parallel < 1:
        raise QvqError(f"At least 1 lesson has to run at a time, not {parallel}.")
    notebooks = find_lessons(lessons, language)
    parameters = {"model": known_model(model), "language": language, **(parameters or {})}
    given = {notebook: read_lesson(notebook, parameters) for notebook in notebooks}
    to = made_folder(to)

    stop, steps = threading.Event(), SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="qvq-nb-", ignore_cleanup_errors=True) as temporary:
        environment = clean_environment(Path(temporary), parallel)
        shared = (environment, parameters, to, timeout_seconds, steps.put, stop)
        with ThreadPoolExecutor(max_workers=parallel) as pool:
            futures = {}
            for notebook in longest_first(notebooks) if parallel > 1 else notebooks:
                job = Job(notebook, given[notebook], Path(temporary) / notebook.stem, *shared)
                futures[notebook] = pool.submit(job.result)
            while True:
                try:
                    _follow(list(futures.values()), steps, progress or (lambda step: None))
                    return [futures[notebook].result() for notebook in notebooks]
                except BaseException as error:
                    stop.set()
                    if not isinstance(error, KeyboardInterrupt):
                        raise


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
