"""A run: missing answers are asked for and kept, several at a time, until all are there or it is stopped."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.answers.asking import Abandoned, Place, ask_one, ask_side_by_side
from qvq_nb.evaluation.answers.keys import Setup
from qvq_nb.evaluation.answers.progress import State, state_of
from qvq_nb.evaluation.answers.source import TRIES, Source
from qvq_nb.evaluation.answers.store import Store
from qvq_nb.inference.asked import AT_ONCE
from qvq_nb.inference.live import quietly
from qvq_nb.inference.reasoner import Reasoner

OPEN_REQUESTS = 16
SECONDS_TO_END = 2.0  # for answers that are complete while a run is being stopped
SECONDS_BETWEEN_LOOKS = 1.0
GO_ON = "the same command goes on from there."


@dataclass(frozen=True)
class Patience:
    """How long failures in a row are borne: rounds of as many as are open, with a longer pause after each."""

    rounds: int = 8
    least_failures: int = 40
    pause_seconds: float = 0.5
    longest_pause_seconds: float = 30.0

    def is_over(self, failures: int, open_requests: int) -> bool:
        return failures >= max(self.least_failures, self.rounds * open_requests)

    def seconds(self, failures: int, open_requests: int) -> float:
        """The pause after so many failures in a row."""
        return min(self.longest_pause_seconds, self.pause_seconds * 2 ** min(failures // open_requests, 30))


@dataclass(frozen=True)
class Run:
    """What is there after a run: the places with an answer, those that failed, and the questions in all."""

    store: Store
    answered: tuple[Place, ...]
    failed: tuple[Place, ...]
    total: int
    answered_before: int

    def sentence(self) -> str:
        """How many answers are kept, and where."""
        return f"{len(self.answered)} of {self.total} questions are answered, kept in {self.store.folder}"


class Stopped(KeyboardInterrupt):
    """A run that Ctrl-C or the system stopped; `run` has what was answered before."""

    def __init__(self, run: Run):
        super().__init__(f"stopped: {run.sentence()}; {GO_ON}")
        self.run = run


@quietly()
def run(
    reasoner,
    questions: Sequence,
    folder: str | Path,
    setup: Setup,
    open_requests: int = OPEN_REQUESTS,
    part: tuple[int, int] | None = None,
    tell: Callable[[State], None] = lambda state: None,
    tries: int = TRIES,
    patience: Patience = Patience(),
) -> Run:
    """Asks a reasoner what is not answered in `folder` yet, and keeps each answer there when it is complete.

    A model behind an address is asked `open_requests` questions at a time, one on this machine as many as it
    writes side by side. `part` (2, 8) leaves seven eighths to other runners. `tell` hears how far it is.

    A question that fails is asked `tries` times, kept as failed, and asked again by the next run. Ctrl-C
    raises Stopped. QvqError where nothing but failures comes, DiskError where no more can be kept; what was
    answered stays in the folder.
    """
    with Store(folder, part) as store:
        source = Source(questions, setup, store, part, tries)
        running = _Running(reasoner, setup, store, source, open_requests, tell, patience)
        try:
            running.work()
        except KeyboardInterrupt:
            raise Stopped(_outcome(store, source)) from None
        return _outcome(store, source)


def _outcome(store: Store, source: Source) -> Run:
    answered, failed = (
        tuple(sorted(places, key=lambda place: (place.number, place.repeat)))
        for places in (source.answered, source.failed)
    )
    return Run(store, answered, failed, source.total - source.elsewhere, source.answered_before)


class _Running:
    """The work of one run. The main thread hears of everything; the store and the source are shared."""

    def __init__(self, reasoner, setup, store, source, open_requests, tell, patience):
        self.reasoner, self.setup, self.store, self.source = reasoner, setup, store, source
        self.tell, self.patience = tell, patience
        engine = getattr(reasoner, "engine", None)
        self.is_remote = hasattr(engine, "connection")
        self.open_requests = open_requests if self.is_remote else 1
        self.failures = 0  # since the last answer
        self.over = threading.Event()
        self.lock = threading.Lock()

    def work(self) -> None:
        if not self.is_remote:
            self._work_here()
        else:
            self._work_in_threads()

    def _work_here(self) -> None:
        can_batch = isinstance(self.reasoner, Reasoner) and self.reasoner.engine.can.batches
        goes = can_batch and self.setup.thinking_budget is None and self.setup.repeats == 1
        while places := self.source.take(AT_ONCE if goes else 1):
            for place, line in zip(places, ask_side_by_side(self.reasoner, places, self.setup)):
                self._take_in(place, line)
            self.tell(state_of(self.source))

    def _work_in_threads(self) -> None:
        events = queue.SimpleQueue()
        threads = [
            threading.Thread(target=self._ask_until_over, args=(events,), name="qvq-nb asking", daemon=True)
            for _ in range(self.open_requests)
        ]
        for thread in threads:
            thread.start()
        working = len(threads)
        try:
            while working:
                try:
                    event = events.get(timeout=SECONDS_BETWEEN_LOOKS)  # Windows hears no Ctrl-C without one
                except queue.Empty:
                    event = None
                if isinstance(event, BaseException):
                    raise event
                working -= event == "done"
                self.tell(state_of(self.source))
        finally:
            self.over.set()  # each closes its connection at the next word; one that waits in silence is left
            until = time.monotonic() + SECONDS_TO_END
            for thread in threads:
                thread.join(max(0.0, until - time.monotonic()))

    def _ask_until_over(self, events) -> None:
        """One of the open requests after another."""
        try:
            while not self.over.is_set() and (places := self.source.take()):
                line = ask_one(self.reasoner, places[0], self.setup, self.over.is_set)
                pause = self._take_in(places[0], line)
                events.put("one more")
                self.over.wait(pause)
            events.put("done")
        except Abandoned:
            pass
        except BaseException as error:  # the main thread raises it
            events.put(error)

    def _take_in(self, place: Place, line: dict) -> float:
        """Keep a line; the seconds to wait before the next question."""
        if self.over.is_set() and line["error"]:
            return 0.0
        self.store.keep(line)
        if line["error"] is None:
            self.source.is_answered(place)
            self.failures = 0
            return 0.0
        self.source.is_failed(place, line["error"])
        with self.lock:
            self.failures += 1
            failures = self.failures
        if self.patience.is_over(failures, self.open_requests):
            raise QvqError(
                f"The last {failures} questions got no answer: {line['error']} "
                f"{_outcome(self.store, self.source).sentence()}; {GO_ON}"
            )
        return self.patience.seconds(failures, self.open_requests) if self.is_remote else 0.0
