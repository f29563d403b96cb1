"""One lesson on its way from a notebook to a result.

A job watches its worker's kernel and everything that the kernel starts: it adds up their memory and number,
and kills all of them when a limit is reached, and at the end.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from qvq_nb.files import NOT_WHAT_WAS_EXPECTED, gibibytes, write_whole
from qvq_nb.lessons.builder import text
from qvq_nb.lessons.kernels import MARK, Family
from qvq_nb.lessons.outputs import ENDING_TAG, failure, is_added, numbered, verdicts

SAMPLE_SECONDS = 0.2  # how often memory is read and the clock is looked at
GRACE_SECONDS = 10  # how long a worker may take to write its notebook down after its kernel is gone
CELL_FAILED = 3  # exit code of a worker: the notebook ran until a cell raised an error
KERNEL_DIED = 4  # exit code of a worker: the kernel was gone before the notebook's end


@dataclass(frozen=True)
class Limits:
    """What a lesson may take; beyond it the lesson is stopped."""

    seconds: float
    memory_bytes: int
    processes: int = max(256, 4 * (os.cpu_count() or 1))


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
        return verdicts(self.notebook)


@dataclass(frozen=True)
class Progress:
    """A step of a run: a cell of a lesson starts, or (with `result`) the lesson is over."""

    lesson: str
    cell: int
    cells: int
    result: LessonResult | None = None


@dataclass
class Job:
    """One lesson with all that its run needs; `result()` runs it."""

    notebook: Path
    given: object  # the notebook as it was read
    temporary: Path
    environment: dict[str, str]
    parameters: dict
    to: Path
    limits: Limits
    tell: Callable[[Progress], None]  # called from several threads
    stop: threading.Event
    running_cell: int = 0
    reached: str = ""  # the limit that ended the lesson

    def result(self) -> LessonResult:
        """Run the lesson, write the executed notebook, say what became of it."""
        if self.stop.is_set():
            return LessonResult(self.notebook.stem, "not run")
        self.cells = sum(not is_added(cell) for cell in self.given.cells)
        (self.temporary / "work").mkdir(parents=True)
        self.executed = self.temporary / self.notebook.name
        started = time.monotonic()
        ended, exit_code, peak_memory_bytes = self._watch()
        result = LessonResult(
            self.notebook.stem,
            ended,
            seconds=round(time.monotonic() - started, 1),
            peak_memory_mib=round(peak_memory_bytes / 2**20, 1),
            notebook_path=self.to / self.notebook.name,
            notebook=self._read_executed(),
        )
        self._explain(result, exit_code)
        write_executed(result.notebook, result.notebook_path)
        self.tell(Progress(result.lesson, self.cells, self.cells, result))
        return result

    def _watch(self) -> tuple[str, int, int]:
        """Run the worker to its end, its limit or Ctrl-C: how it ended, exit code, peak memory in bytes."""
        parameters, kept = json.dumps(self.parameters), self.to / self.notebook.name
        given = (self.notebook.resolve(), self.executed, parameters, self.temporary / "work", kept)
        with open(self.temporary / "messages.txt", "wb") as messages:
            worker = subprocess.Popen(
                [sys.executable, "-m", "qvq_nb.lessons.workers.notebook", *map(str, given)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=messages,
                cwd=self.temporary,
                env=self.environment | {MARK: str(self.temporary)},
                start_new_session=True,  # Ctrl-C reaches the runner alone, which ends the worker in order
            )
        listener = threading.Thread(target=self._listen, args=(worker.stdout,), daemon=True)
        listener.start()
        kernel = Family(worker.pid, str(self.temporary))
        deadline = time.monotonic() + self.limits.seconds
        ended, peak_memory_bytes = "ended", 0
        try:
            while worker.poll() is None:
                memory_bytes = kernel.memory_bytes()
                peak_memory_bytes = max(peak_memory_bytes, memory_bytes)
                self.reached = self._reached(time.monotonic() > deadline, memory_bytes, len(kernel))
                if self.stop.is_set() or self.reached:
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

    def _reached(self, is_late: bool, memory_bytes: int, processes: int) -> str:
        """The limit that is reached, in words; empty if none is."""
        limits = self.limits
        if is_late:
            return f"{limits.seconds:g} s"
        if memory_bytes > limits.memory_bytes:
            return f"{gibibytes(limits.memory_bytes)} of memory"
        return f"{limits.processes} processes" if processes > limits.processes else ""

    def _listen(self, lines) -> None:
        """Follow the worker from cell to cell."""
        for line in lines:
            self.running_cell = int(line)
            self.tell(Progress(self.notebook.stem, self.running_cell, self.cells))

    def _read_executed(self):
        """The notebook as far as the worker has written it; as given when it wrote nothing readable."""
        return _read(self.executed) or self.given

    def _explain(self, result: LessonResult, exit_code: int) -> None:
        """Set status, error and failing cell by how the worker ended."""
        if result.status == "stopped":
            self._mark(result, f"stopped at its limit of {self.reached}")
        elif result.status == "interrupted":
            self._mark(result, "interrupted")
        elif exit_code == 0:
            result.status = "passed"
        else:
            result.status = "failed"
            if exit_code == CELL_FAILED:
                result.failing_cell, said = failure(result.notebook)
                result.error = f"cell {result.failing_cell}: {said}"
            elif exit_code == KERNEL_DIED:
                self._mark(result, "the kernel died, often for lack of memory,")
            else:
                messages = (self.temporary / "messages.txt").read_text("utf-8", errors="replace")
                said = ["without a word", *filter(None, messages.split("\n"))][-1]
                self._mark(result, f"the run ended early ({said})")

    def _mark(self, result: LessonResult, happening: str) -> None:
        """Say in the result and on top of the notebook what ended the lesson and in which cell."""
        result.failing_cell = self.running_cell or None
        where = f"in cell {self.running_cell}" if self.running_cell else "before the first cell"
        result.error = f"{happening} {where}"
        put_on_top(result.notebook, f"{result.lesson}: {result.error}.")


def put_on_top(notebook, sentence: str) -> None:
    """Say on top of an executed notebook what ended it."""
    from nbformat.v4 import new_markdown_cell

    note = f'<span style="color:red">{escape(sentence)}</span>'
    notebook.cells.insert(0, new_markdown_cell(note, metadata={"tags": [ENDING_TAG]}))


def write_executed(notebook, path: Path) -> None:
    """Write an executed notebook whole or not at all; QvqError where the disk refuses."""
    notebook.metadata.pop("papermill", None)  # it names temporary folders of this machine
    write_whole(path, text(notebook).encode("utf-8", "backslashreplace"))  # half a character: \\ud83d


def rescue(executed: Path, path: Path) -> bool:
    """Keep at `path` what a killed run had executed, unless something newer lies there; say so then."""
    notebook = _read(executed)
    if notebook is None or (path.exists() and path.stat().st_mtime > executed.stat().st_mtime):
        return False
    running = [
        n for n, cell in numbered(notebook) if cell.metadata.get("papermill", {}).get("status") == "running"
    ]
    where = f"in cell {running[-1]}" if running else "before its end"
    put_on_top(notebook, f"{path.stem}: the run was killed {where}.")
    write_executed(notebook, path)
    executed.unlink()
    return True


def _read(executed: Path):
    """An executed notebook; None if there is none that can be read."""
    import nbformat

    try:
        return nbformat.read(executed, as_version=4)
    except (OSError, *NOT_WHAT_WAS_EXPECTED):
        return None
