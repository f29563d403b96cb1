"""How far a run is, and when it will be done."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from qvq_nb.files import duration
from qvq_nb.screen import counter, in_notebook, note

SECONDS_BETWEEN_NOTES = 60


@dataclass(frozen=True)
class State:
    """How many questions of `total` are dealt with, how many failed for now, and how fast it goes."""

    passed: int
    total: int
    failed: int = 0
    answers_per_second: float | None = None
    seconds_left: float | None = None

    def __str__(self) -> str:
        return f"{self.passed} of {self.total} questions{self.more()}"

    def more(self) -> str:
        """What failed, the speed and the end, in words; nothing as long as that is not known."""
        words = [f"{self.failed} without an answer"] if self.failed else []
        if self.answers_per_second is not None:
            end = datetime.now() + timedelta(seconds=self.seconds_left)
            when = f"{end:%H:%M}" if self.seconds_left < 86_400 else f"{end:%Y-%m-%d %H:%M}"
            words.append(f"{self.answers_per_second:.3g} answers a second")
            words.append(f"done in about {duration(self.seconds_left)} ({when})")
        return "".join(f", {word}" for word in words)


def state_of(source, now: float | None = None) -> State:
    """The state of a run by its source.

    The clock begins with the first question that is asked. What was answered before, or is another part's,
    is passed at once and tells nothing of the speed; it is expected as often from then on as it came since.
    """
    state = (source.passed, source.total, len(source.failed))
    if source.began is None:
        return State(*state)
    began, passed, asked = source.began
    seconds = (time.monotonic() if now is None else now) - began
    passed, asked = source.passed - passed, source.asked - asked
    if seconds <= 0 or asked <= 0:
        return State(*state)
    return State(*state, asked / seconds, (source.total - source.passed) * seconds / passed)


@contextmanager
def shown(seconds_between_notes: float = SECONDS_BETWEEN_NOTES) -> Iterator[Callable[[State], None]]:
    """A function that shows a state: as a bar, in a notebook as a line, in a pipe as a line each minute."""
    is_piped, last = not in_notebook() and not sys.stderr.isatty(), time.monotonic()
    with counter("questions") as tell:

        def show(state: State) -> None:
            nonlocal last
            tell(state.passed, state.total, state.more())
            if is_piped and time.monotonic() - last >= seconds_between_notes:
                note(str(state))
                last = time.monotonic()

        yield show
