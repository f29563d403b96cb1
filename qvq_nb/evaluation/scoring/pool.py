"""Many replies scored in processes of their own, each with a deadline: a bomb costs one verdict."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import qvq_nb
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.scoring.scorer import late
from qvq_nb.grading.verdict import Verdict

DEADLINE = 20.0  # seconds for one reply
START = 300.0  # seconds in which a process must be ready


def score_many(
    rows: Iterable[dict], workers: int | None = None, deadline: float = DEADLINE
) -> Iterator[Verdict]:
    """The verdicts on many replies, in their order; `rows` hold the arguments of `score` by name.

    One that is not compared within `deadline` seconds is unclear, and the others go on. `workers` are
    processes, by default one for each core up to eight.
    """
    workers = workers or min(8, os.cpu_count() or 1)
    processes: list[_Process] = []
    mine, closing = threading.local(), threading.Event()

    def scored(row: dict) -> Verdict:
        if not hasattr(mine, "process"):
            mine.process = _Process(closing)
            processes.append(mine.process)
        return mine.process.score(row, deadline)

    executor = ThreadPoolExecutor(workers, thread_name_prefix="scoring")
    try:
        yield from executor.map(scored, rows)
    finally:
        closing.set()
        executor.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
        executor.shutdown(wait=True)
        for process in processes:
            process.end()


class _Process:
    """A worker that is started again after a reply that it did not survive."""

    def __init__(self, closing: threading.Event):
        self.process = None
        self.closing = closing

    def score(self, row: dict, deadline: float) -> Verdict:
        if self.process is None or self.process.poll() is not None:
            self.end()
            self._start()
        line = self._answer(json.dumps(row) + "\n", deadline)
        if not line:
            self.end()
            return late(row["gold"], row.get("language", "en"))
        answer = json.loads(line)
        if "error" in answer:
            raise QvqError(answer["error"])
        return Verdict(**answer)

    def _start(self) -> None:
        root = str(Path(qvq_nb.__file__).parent.parent)
        paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "qvq_nb.evaluation.scoring.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=root,  # not a folder whose files might stand in the way of a module
            env=os.environ | {"PYTHONPATH": paths},
            text=True,
            encoding="utf-8",
        )
        if self._answer("", START).strip() != "ready" or self.closing.is_set():
            self.end()
            raise QvqError("The process that scores answers could not be started; run `qvq-nb doctor`.")

    def _answer(self, line: str, deadline: float) -> str:
        """The line that the process writes, or an empty text where it does not in time, or ends."""
        process = self.process
        if process is None:
            return ""
        expired = threading.Event()
        alarm = threading.Timer(deadline, lambda: (expired.set(), process.kill()))
        alarm.start()
        try:
            process.stdin.write(line)
            process.stdin.flush()
            answer = process.stdout.readline()
        except (OSError, ValueError):
            answer = ""
        alarm.cancel()
        alarm.join()  # so that no late alarm ends the process in the middle of the next reply
        return "" if expired.is_set() else answer

    def kill(self) -> None:
        """Ends what runs now; whoever waits for its answer gets an empty one."""
        if process := self.process:
            process.kill()

    def end(self) -> None:
        """Ends the process and closes what it was spoken to through."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.communicate()
