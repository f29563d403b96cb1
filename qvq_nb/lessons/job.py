"""One lesson on its way from a notebook to a result.

A job watches its worker's kernel and everything that the kernel starts: it adds up their memory, and kills
all of them when the time is over.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from qvq_nb.files import NOT_WHAT_WAS_EXPECTED, write_whole
from qvq_nb.grading.verdict import VERDICT_MIME
from qvq_nb.lessons.builder import text
from qvq_nb.lessons.kernels import Family

SAMPLE_SECONDS = 0.2  # how often memory is read and the clock is looked at
GRACE_SECONDS = 10  # how long a worker may take to write its notebook down after its kernel is gone
CELL_FAILED = 3  # exit code of a worker: the notebook ran until a cell raised an error
KERNEL_DIED = 4  # exit code of a worker: the kernel was gone before the notebook's end
ENDING_TAG = "papermill-error-cell-tag"
ADDED_TAGS = {"injected-parameters", ENDING_TAG}  # cells that the run adds; they are not counted


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
        return [data[VERDICT_MIME] for data in shown(self.notebook) if VERDICT_MIME in data]


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
    timeout_seconds: float
    tell: Callable[[Progress], None]  # called from several threads
    stop: threading.Event
    running_cell: int = 0

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
        result.notebook.metadata.pop("papermill", None)  # it names temporary folders of this machine
        write_whole(result.notebook_path, text(result.notebook))
        self.tell(Progress(result.lesson, self.cells, self.cells, result))
        return result

    def _watch(self) -> tuple[str, int, int]:
        """Run the worker to its end, its limit or Ctrl-C: how it ended, exit code, peak memory in bytes."""
        given = (self.notebook.resolve(), self.executed, json.dumps(self.parameters), self.temporary / "work")
        with open(self.temporary / "messages.txt", "wb") as messages:
            worker = subprocess.Popen(
                [sys.executable, "-m", "qvq_nb.lessons.worker", *map(str, given)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=messages,
                cwd=self.temporary,
                env=self.environment,
                start_new_session=True,  # Ctrl-C reaches the runner alone, which ends the worker in order
            )
        listener = threading.Thread(target=self._listen, args=(worker.stdout,), daemon=True)
        listener.start()
        kernel = Family(worker.pid)
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
        """The notebook as far as the worker has written it; as given when it wrote nothing readable."""
        import nbformat

        try:
            return nbformat.read(self.executed, as_version=4)
        except (OSError, *NOT_WHAT_WAS_EXPECTED):
            return self.given

    def _explain(self, result: LessonResult, exit_code: int) -> None:
        """Set status, error and failing cell by how the worker ended."""
        if result.status == "stopped":
            self._mark(result, f"stopped at its limit of {self.timeout_seconds:g} s")
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
        from nbformat.v4 import new_markdown_cell

        result.failing_cell = self.running_cell or None
        where = f"in cell {self.running_cell}" if self.running_cell else "before the first cell"
        result.error = f"{happening} {where}"
        note = f'<span style="color:red">{escape(result.lesson)}: {escape(result.error)}.</span>'
        result.notebook.cells.insert(0, new_markdown_cell(note, metadata={"tags": [ENDING_TAG]}))


def is_added(cell) -> bool:
    """Whether the run put this cell in, so that the lesson itself does not have it."""
    return bool(ADDED_TAGS & set(cell.metadata.get("tags", [])))


def numbered(notebook) -> Iterator[tuple[int, object]]:
    """Each cell with the number, from 1, that the lesson's last cell up to there has in the lesson itself."""
    number = 0
    for cell in notebook.cells:
        number += not is_added(cell)
        yield number, cell


def shown(notebook) -> list[dict]:
    """What an executed notebook displays, in order, by media type; what was emptied again is left out."""
    cells = notebook.cells if notebook else []
    return [output.data for cell in cells for output in cell.get("outputs", []) if output.get("data")]


def failure(notebook) -> tuple[int | None, str]:
    """The first cell that raised an error, counted from 1 as in the lesson itself, and the error."""
    for number, cell in numbered(notebook):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return number, f"{output.ename}: {output.evalue}"
    return None, "it failed without saying why"
