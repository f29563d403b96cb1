"""Execute lessons with papermill, each from a clean kernel of this environment, within a limit of time.

Each notebook runs in a worker process (`worker.py`). The runner watches its kernel and everything that the kernel
starts: it adds up their memory, and kills all of them when the time is over. An executed notebook is kept whatever happened.
"""

import ast
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from qvq_nb import paths
from qvq_nb.errors import QvqError
from qvq_nb.lessons.builder import LANGUAGES, text, write_whole
from qvq_nb.lessons.worker import CELL_FAILED, KERNEL_DIED, is_added
from qvq_nb.models.resolve import resolve

DEFAULT_FOLDER = Path("build") / "run"
DEFAULT_TIMEOUT_SECONDS = 600
SAMPLE_SECONDS = 0.2  # how often memory is read and the clock is looked at
GRACE_SECONDS = 10  # how long a worker may take to write its notebook down after its kernel is gone
UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    AttributeError,
    TypeError,
)  # what nbformat raises for a file that is none
VERDICT_MIME = "application/vnd.qvq.verdict+json"


@dataclass
class LessonResult:
    """What became of one lesson."""

    lesson: str
    status: str  # "passed" | "failed" | "stopped" (at its limit) | "interrupted" (Ctrl-C) | "not run"
    seconds: float = 0.0
    peak_memory_mib: float = 0.0
    error: str = ""
    failing_cell: int | None = None  # counted from 1, as in the lesson itself
    notebook_path: Path | None = None
    notebook: object = field(default=None, repr=False)  # the executed notebook

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    @property
    def verdicts(self) -> list[dict]:
        """Every verdict in the notebook's outputs, in order."""
        cells = self.notebook.cells if self.notebook else []
        datas = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
        return [data[VERDICT_MIME] for data in datas if VERDICT_MIME in data]


@dataclass(frozen=True)
class Progress:
    """A step of a run: a cell of a lesson starts, or (with `result`) the lesson is over."""

    lesson: str
    cell: int
    cells: int
    result: LessonResult | None = None


def lesson_names(language: str = "en") -> list[str]:
    """The lessons of the kit, in order."""
    return sorted(path.stem for path in (paths.notebooks_folder() / language).glob("[0-9]*.ipynb"))


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

    A lesson is a name (`05_invoice`, `invoice`, `05`) or the path of a notebook; none at all means every lesson.
    Mistakes (an unknown lesson, model, language or parameter) raise QvqError before anything runs. Ctrl-C stops the
    lessons under way, keeps what was executed, and returns: the results then say "interrupted" and "not run".
    """
    if language not in LANGUAGES:
        raise QvqError(f"There is no edition in {language!r}; choose one of {', '.join(LANGUAGES)}.")
    if not timeout_seconds > 0:
        raise QvqError(f"The time limit must be above 0 seconds; it is {timeout_seconds}.")
    notebooks = find_lessons(lessons, language)
    parameters = {"model": known_model(model), "language": language, **(parameters or {})}
    for notebook in notebooks:
        check_parameters(notebook, parameters)
    to = made_folder(to)

    stop = threading.Event()
    tell = progress or (lambda step: None)
    with tempfile.TemporaryDirectory(prefix="qvq-nb-", ignore_cleanup_errors=True) as temporary:
        environment = clean_environment(Path(temporary), parallel)
        jobs = [
            _Job(
                notebook,
                parameters,
                to,
                timeout_seconds,
                tell,
                stop,
                Path(temporary) / notebook.stem,
                environment,
            )
            for notebook in notebooks
        ]
        with ThreadPoolExecutor(max_workers=parallel) as pool:
            futures = [pool.submit(job.result) for job in jobs]
            while True:
                try:
                    waiting = futures
                    while (
                        waiting
                    ):  # now and then awake: a wait without end misses a Ctrl-C that comes just as it begins
                        done, waiting = wait(waiting, SAMPLE_SECONDS, FIRST_EXCEPTION)
                        for future in done:
                            future.result()
                    return [future.result() for future in futures]
                except BaseException as error:
                    stop.set()
                    if not isinstance(error, KeyboardInterrupt):
                        raise


def find_lessons(lessons: Sequence[str | Path], language: str) -> list[Path]:
    """The notebooks that the names mean, in the order given; every lesson when there are none."""
    folder = paths.notebooks_folder() / language
    names = lesson_names(language)
    if not lessons and not names:
        raise QvqError(f"There are no lessons in {folder}; build them with `qvq-nb lessons build`.")
    found = [_find_lesson(lesson, folder, names) for lesson in lessons] or [
        folder / f"{name}.ipynb" for name in names
    ]
    stems = [path.stem for path in found]
    if twice := sorted({stem for stem in stems if stems.count(stem) > 1}):
        raise QvqError(
            f"{', '.join(twice)} is given twice, and one executed notebook would replace the other."
        )
    return found


def known_model(model: str) -> str:
    """The model as a notebook can use it from any working directory; QvqError if there is no such model."""
    named = resolve(model)
    return model if named.address or model == named.profile.name else str(named.folder_to_load())


def check_parameters(notebook: Path, parameters: dict) -> None:
    """Raise QvqError for a parameter that the notebook's cell tagged `parameters` does not set."""
    import nbformat

    try:
        cells = nbformat.read(notebook, as_version=4).cells
    except UNREADABLE:
        raise QvqError(f"{notebook} is no notebook that can be read; nothing was run.") from None
    sources = [cell.source for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    known = {name for source in sources[:1] for name in _assigned(source)}
    if unknown := [name for name in parameters if name not in known]:
        has = ", ".join(sorted(known)) or "no parameter"
        raise QvqError(
            f"The lesson {notebook.stem} has no parameter {', '.join(unknown)}, only {has}; nothing was run."
        )


def made_folder(folder: str | Path) -> Path:
    """The folder, made if need be; QvqError if nothing can be written there."""
    folder = Path(folder).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise QvqError(
            f"Nothing can be written to {folder} ({error.strerror}); choose another folder with --to."
        ) from None
    return folder


def kernel_environment(temporary: Path) -> dict[str, str]:
    """The environment variables under which Jupyter's `python3` is this Python, whatever kernels the user has installed.

    The description of the kernel goes to the folder `temporary`; the user's own ones stay untouched.
    """
    kernel = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    write_whole(temporary / "kernels" / "python3" / "kernel.json", json.dumps(kernel))
    environment = dict(os.environ)
    environment["JUPYTER_PATH"] = _joined(str(temporary), environment.get("JUPYTER_PATH"))
    checkout = paths.PACKAGE_FOLDER.parent
    if (
        checkout / "notebooks"
    ).is_dir():  # the kernel then imports the same qvq_nb from any working directory
        environment["PYTHONPATH"] = _joined(str(checkout), environment.get("PYTHONPATH"))
    return environment


def clean_environment(temporary: Path, parallel: int = 1) -> dict[str, str]:
    """The kernel's environment without the user's IPython start-up files; all that Jupyter writes goes to `temporary`."""
    environment = kernel_environment(temporary)
    environment.pop("MPLBACKEND", None)  # the notebook's own backend shows the figures
    environment["JUPYTER_RUNTIME_DIR"] = str(temporary / "runtime")
    environment["IPYTHONDIR"] = str(temporary / "ipython")
    environment["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # no debugger is wanted, nor its warning
    environment["PYTHONUTF8"] = "1"
    if parallel > 1:
        environment["OMP_NUM_THREADS"] = str(max(1, (os.cpu_count() or 1) // parallel))
    return environment


def _joined(*folders: str | None) -> str:
    return os.pathsep.join(filter(None, folders))


@dataclass
class _Job:
    """One lesson on its way from a notebook to a result."""

    notebook: Path
    parameters: dict
    to: Path
    timeout_seconds: float
    tell: Callable[[Progress], None]
    stop: threading.Event
    temporary: Path
    environment: dict[str, str]

    def result(self) -> LessonResult:
        """Run the lesson, write the executed notebook, say what became of it."""
        if self.stop.is_set():
            return LessonResult(self.notebook.stem, "not run")
        import nbformat

        given = nbformat.read(self.notebook, as_version=4)
        self.cells = sum(not is_added(cell) for cell in given.cells)
        self.running_cell = 0
        (self.temporary / "work").mkdir(parents=True)
        self.executed = self.temporary / self.notebook.name
        started = time.monotonic()
        ended, exit_code, peak_memory_bytes = self._watch()
        result = LessonResult(
            self.notebook.stem,
            ended,
            seconds=round(time.monotonic() - started, 1),
            peak_memory_mib=round(peak_memory_bytes / 2**20, 1),
        )
        result.notebook = self._read_executed() or given
        if ended == "ended":
            self._explain(result, exit_code)
        elif ended == "stopped":
            self._mark(result, f"stopped at its limit of {self.timeout_seconds:g} s")
        else:
            self._mark(result, "interrupted")
        result.notebook.metadata.pop("papermill", None)  # it names temporary folders of this machine
        result.notebook_path = self.to / self.notebook.name
        write_whole(result.notebook_path, text(result.notebook))
        self.tell(Progress(result.lesson, self.cells, self.cells, result))
        return result

    def _watch(self) -> tuple[str, int, int]:
        """Run the worker to its end, to the limit or to Ctrl-C: how it ended, its exit code, peak memory in bytes."""
        command = [
            sys.executable,
            "-m",
            "qvq_nb.lessons.worker",
            str(self.notebook.resolve()),
            str(self.executed),
        ]
        with open(self.temporary / "messages.txt", "wb") as messages:
            worker = subprocess.Popen(
                [*command, json.dumps(self.parameters), str(self.temporary / "work")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=messages,
                cwd=self.temporary,
                env=self.environment,
                start_new_session=True,  # Ctrl-C reaches the runner alone, which then ends the worker in order
            )
        listener = threading.Thread(target=self._listen, args=(worker.stdout,), daemon=True)
        listener.start()
        kernel = _Family(worker.pid)
        deadline = time.monotonic() + self.timeout_seconds
        ended, peak_memory_bytes = "ended", 0
        try:
            while worker.poll() is None:
                peak_memory_bytes = max(peak_memory_bytes, kernel.memory_bytes())
                if self.stop.is_set() or time.monotonic() > deadline:
                    ended = "interrupted" if self.stop.is_set() else "stopped"
                    break
                time.sleep(SAMPLE_SECONDS)
            kernel.kill()
            worker.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            worker.kill()
            worker.wait()
            kernel.kill()  # whatever came up meanwhile
            worker.stdin.close()
            listener.join(GRACE_SECONDS)
        return ended, worker.returncode, peak_memory_bytes

    def _listen(self, lines) -> None:
        """Follow the worker from cell to cell."""
        for line in lines:
            self.running_cell = int(line)
            self.tell(Progress(self.notebook.stem, self.running_cell, self.cells))

    def _read_executed(self):
        """The notebook as far as the worker has written it; None when it wrote nothing that can be read."""
        import nbformat

        try:
            return nbformat.read(self.executed, as_version=4)
        except UNREADABLE:
            return None

    def _explain(self, result: LessonResult, exit_code: int) -> None:
        """Set status, error and failing cell of a lesson whose worker ended by itself."""
        if exit_code == 0:
            result.status = "passed"
            return
        result.status = "failed"
        if exit_code == CELL_FAILED:
            result.failing_cell, said = failure(result.notebook)
            result.error = f"cell {result.failing_cell}: {said}"
        elif exit_code == KERNEL_DIED:
            self._mark(result, "the kernel died, often for lack of memory,")
        else:
            said = (self.temporary / "messages.txt").read_text(encoding="utf-8", errors="replace").split("\n")
            self._mark(
                result, f"the run ended early ({next(filter(None, reversed(said)), 'without a word')})"
            )

    def _mark(self, result: LessonResult, happening: str) -> None:
        """Say in the result and on top of the notebook what ended the lesson and in which cell."""
        from nbformat.v4 import new_markdown_cell

        result.failing_cell = self.running_cell or None
        result.error = (
            f"{happening} in cell {self.running_cell}"
            if self.running_cell
            else f"{happening} before the first cell"
        )
        note = f'<span style="color:red">{escape(result.lesson)}: {escape(result.error)}.</span>'
        result.notebook.cells.insert(
            0, new_markdown_cell(note, metadata={"tags": ["papermill-error-cell-tag"]})
        )


class _Family:
    """The processes below a worker: the kernel and everything that it started, also what it left behind."""

    def __init__(self, worker_pid: int):
        self.worker_pid = worker_pid
        self.seen = set()

    def memory_bytes(self) -> int:
        """Memory of the family now, in bytes; on Linux without pages of files, which the system takes back when it needs room."""
        import psutil

        total = 0
        for process in self._living():
            try:
                memory = process.memory_info()
                total += memory.rss - getattr(memory, "shared", 0)
            except psutil.Error:  # it ended meanwhile
                continue
        return total

    def kill(self) -> None:
        """Kill every process of the family; none of them can refuse."""
        import psutil

        for process in self._living():
            try:
                process.kill()
            except psutil.Error:
                continue

    def _living(self) -> list:
        import psutil

        try:
            self.seen |= set(psutil.Process(self.worker_pid).children(recursive=True))
        except psutil.Error:  # the worker is over; what was seen before may live on
            pass
        self.seen = {process for process in self.seen if process.is_running()}
        return list(self.seen)


def failure(notebook) -> tuple[int | None, str]:
    """The first cell that raised an error, counted from 1 as in the lesson itself, and the error."""
    number = 0
    for cell in notebook.cells:
        number += not is_added(cell)
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return number, f"{output.ename}: {output.evalue}"
    return None, "it failed without saying why"


def _find_lesson(lesson: str | Path, folder: Path, names: list[str]) -> Path:
    if str(lesson).endswith(".ipynb"):
        if Path(lesson).is_file():
            return Path(lesson)
        raise QvqError(f"There is no notebook {lesson}; nothing was run.")
    matches = [name for name in names if str(lesson) in (name, *name.split("_", 1))]
    if len(matches) != 1:
        raise QvqError(
            f"There is no lesson {str(lesson)!r}; nothing was run. The lessons are: {', '.join(names) or 'none yet'}."
        )
    return folder / f"{matches[0]}.ipynb"


def _assigned(source: str) -> set[str]:
    """The names that a cell's top-level statements assign."""
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return set()
    targets = []
    for statement in statements:
        targets += (
            statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        )
    return {target.id for target in targets if isinstance(target, ast.Name)}
