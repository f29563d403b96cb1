"""One display of how far a download is: a bar where there is a screen, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass

from qvq_nb.files import duration, gigabytes
from qvq_nb.screen import in_notebook, somebody_is_there

LINE_SECONDS = 5
LINE_SHARE = 0.1  # and at least so much of the time that has passed: a hundred hours are a hundred lines
WORTH_A_QUESTION_BYTES = 10**9
WORDS = {"fetch": "Fetching", "verify": "Verifying", "copy": "Copying"}


@dataclass(frozen=True)
class Progress:
    """How far a download or a verification is. Sizes in bytes; a shard is a file of weights."""

    phase: str  # "fetch" | "verify" | "copy"
    bytes_done: int
    bytes_total: int
    bytes_per_second: float
    shards_done: int
    shards_total: int

    @property
    def is_over(self) -> bool:
        return self.bytes_done >= self.bytes_total and self.shards_done == self.shards_total

    @property
    def seconds_left(self) -> float | None:
        """At the present speed; None while nothing moves."""
        return (self.bytes_total - self.bytes_done) / self.bytes_per_second if self.bytes_per_second else None

    def __str__(self) -> str:
        parts = [f"{WORDS[self.phase]} {gigabytes(self.bytes_done)} of {gigabytes(self.bytes_total)}"]
        if self.bytes_per_second:
            parts.append(f"{gigabytes(self.bytes_per_second)}/s")
        if self.seconds_left:
            parts.append(f"{duration(self.seconds_left)} left")
        if self.shards_total:
            parts.append(f"{self.shards_done} of {self.shards_total} shards")
        return " · ".join(parts)


@contextmanager
def shown(progress: Callable[[Progress], None] | bool | None):
    """Two functions, `show(Progress)` and `note(text)`: the caller's own, or what suits the place where
    this runs."""
    if callable(progress):
        yield progress, lambda text: None
    elif progress is False:
        yield (lambda step: None), lambda text: None
    elif in_notebook():
        with _widget() if somebody_is_there() else _lines(sys.stdout) as functions:
            yield functions
    elif sys.stderr.isatty():
        with _bar() as functions:
            yield functions
    else:
        with _lines(sys.stderr) as functions:
            yield functions


def ask_to_go_on(facts) -> bool:
    """A `confirm` for notebooks: ask before a big model comes. Where nobody can be asked, the answer is
    yes."""
    if facts.weight_bytes < WORTH_A_QUESTION_BYTES:
        return True
    print(facts)
    return not somebody_is_there() or input("Go on? [y/n] ").strip().lower() in ("y", "yes", "j", "是", "好")


@contextmanager
def _lines(stream):
    started = last = time.monotonic()
    finished = set()  # phases whose end was told

    def show(step):
        nonlocal last
        now = time.monotonic()
        ends = step.is_over and step.phase not in finished
        if ends or now - last >= max(LINE_SECONDS, LINE_SHARE * (now - started)):
            last = now
            finished.update({step.phase} if ends else ())
            print(step, file=stream, flush=True)

    yield show, lambda text: print(text, file=stream, flush=True)


@contextmanager
def _bar():
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(
        BarColumn(), TextColumn("{task.description}", markup=False), console=console, transient=True
    ) as bar:
        task = bar.add_task("")

        def show(step):
            bar.update(task, description=str(step), completed=step.bytes_done, total=max(step.bytes_total, 1))

        yield show, lambda text: console.print(text, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _widget():
    import ipywidgets
    from IPython.display import display

    bar, text = ipywidgets.FloatProgress(min=0, max=1), ipywidgets.Label()
    display(ipywidgets.HBox([bar, text]))

    def show(step):
        bar.value, text.value = step.bytes_done / max(step.bytes_total, 1), str(step)

    yield show, print
