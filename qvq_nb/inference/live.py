"""An answer shown while it is being written: in a notebook, in a terminal, and not at all in a pipe.

It is gone when the answer is complete: the cell or the program then shows the Answer itself.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from qvq_nb import screen
from qvq_nb.inference.answer import being_written

SECONDS_BEFORE_ANYTHING_IS_SHOWN = 0.5
SECONDS_BETWEEN_UPDATES = 0.1
MOST_CHARACTERS_SHOWN = 4000  # the end of a long text: each update sends all of it again
READING = {"en": "Reading the picture …", "zh": "正在读图 …"}

_is_quiet = ContextVar("is_quiet", default=False)


@contextmanager
def quietly() -> Iterator[None]:
    """Nothing is shown while answers are written in here; also a decorator."""
    before = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(before)


@contextmanager
def shown(language: str) -> Iterator[Callable[[str], None]]:
    """A function that is to be called with each piece of a text; what it was given is shown until the end.

    Until the first piece it says in that language ("en" or "zh") that the picture is being read.
    """
    place, pieces, is_over = _place(), [], threading.Event()
    if place is None:
        yield pieces.append
        return

    def show_until_over():
        if is_over.wait(SECONDS_BEFORE_ANYTHING_IS_SHOWN):
            return
        with place() as show:
            before = None
            while True:
                text = screen.clean("".join(pieces))[-MOST_CHARACTERS_SHOWN:] or READING[language]
                if text != before:
                    show(text)
                before = text
                if is_over.wait(SECONDS_BETWEEN_UPDATES):
                    return

    # A thread of its own, since whoever waits for the next piece can show nothing.
    showing = threading.Thread(target=show_until_over, name="qvq-nb live answer", daemon=True)
    showing.start()
    try:
        yield pieces.append
    finally:
        is_over.set()
        showing.join()


def _place():
    """Where somebody sees what is written: `_notebook`, `_terminal` or None."""
    if _is_quiet.get():
        return None
    if screen.in_notebook():
        return _notebook if screen.somebody_is_there() else None
    return _terminal if sys.stderr.isatty() else None


@contextmanager
def _notebook():
    from IPython.display import display

    handle = display({}, raw=True, display_id=True)
    try:
        yield lambda text: handle.update({"text/html": being_written(text), "text/plain": text}, raw=True)
    finally:
        handle.update({}, raw=True)


@contextmanager
def _terminal():
    from rich.console import Console, Group
    from rich.live import Live
    from rich.text import Text

    console = Console(stderr=True)
    with Live(console=console, auto_refresh=False, transient=True) as live:

        def show(text):
            lines = Text(text).wrap(console, console.width)
            live.update(Group(*lines[1 - console.height :]), refresh=True)

        yield show
