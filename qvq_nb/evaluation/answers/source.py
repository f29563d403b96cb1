"""Which question comes next: those that nobody has answered yet, and at the end those that failed."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.answers.asking import Place
from qvq_nb.evaluation.answers.keys import Setup
from qvq_nb.evaluation.answers.store import Store

TRIES = 2  # of one question in one run, each with the client's own retries


class Source:
    """Hands out the questions whose answer is missing; threads may share it.

    `part` (2, 8) is the second eighth of them, by their keys. A question is drawn or decoded when its turn
    comes. A second runner in the folder goes through them in an order of its own, so that both seldom ask the
    same. `passed` are the places that are dealt with, without their pictures.
    """

    def __init__(
        self, questions: Sequence, setup: Setup, store: Store, part: tuple[int, int] | None, tries=TRIES
    ):
        self.total = len(questions) * setup.repeats
        self.answered_before = 0
        self.elsewhere = 0  # places of other parts
        self.answered: list[Place] = []
        self.failed: list[Place] = []
        self.began: tuple | None = None  # seconds, `passed` and `asked` when the first question was taken
        self._questions, self._setup, self._store = questions, setup, store
        self._part, self._tries, self._tried = part, tries, {}
        self._lock = threading.Lock()
        self._places = self._all_places()

    @property
    def passed(self) -> int:
        """How many places are dealt with: answered, failed for now, or another part's."""
        return len(self.answered) + len(self.failed) + self.elsewhere

    @property
    def asked(self) -> int:
        """How many were answered in this run."""
        return len(self.answered) - self.answered_before

    def take(self, most: int = 1) -> list[Place]:
        """Up to so many places that are to be asked now; none when nothing is left."""
        with self._lock:
            taken = []
            while len(taken) < most and (place := self._next()):
                self._tried[place.key] = self._tried.get(place.key, 0) + 1
                taken.append(place)
            if taken and self.began is None:
                self.began = time.monotonic(), self.passed, self.asked
            return taken

    def is_answered(self, place: Place) -> None:
        """Tell that a place was answered."""
        with self._lock:
            self.answered.append(place.without_pictures())

    def is_failed(self, place: Place, error: str) -> None:
        """Tell that asking failed, and why; when all others were asked it comes once more."""
        with self._lock:
            place = replace(place, error=error)
            self.failed.append(place if self._tries_left(place) else place.without_pictures())

    def _next(self) -> Place | None:
        for place in self._places:
            if place.error:
                self.failed.append(place)
            elif self._part and int(place.key, 16) % self._part[1] != self._part[0] - 1:
                self.elsewhere += 1
            elif not self._is_known(place):
                return place
        for place in [place for place in self.failed if self._tries_left(place)]:
            self.failed.remove(place)
            if not self._is_known(place):
                return place
        return None

    def _is_known(self, place: Place) -> bool:
        """Whether somebody has answered it by now; then it is passed."""
        self._store.refresh()
        if place.key not in self._store:
            return False
        self.answered_before += 1
        self.answered.append(place.without_pictures())
        return True

    def _tries_left(self, place: Place) -> bool:
        return place.key != "" and self._tried[place.key] < self._tries

    def _all_places(self) -> Iterator[Place]:
        for repeat in range(self._setup.repeats):
            order = list(range(len(self._questions)))
            if not self._store.is_first:
                Random(f"{self._store.file.name} {repeat}").shuffle(order)
            for number in order:
                question = self._questions[number]
                try:
                    yield Place(question, number, repeat, self._setup.key(question, repeat))
                except QvqError as error:  # of its pictures; the others go on
                    yield Place(question, number, repeat, "", str(error)).without_pictures()
