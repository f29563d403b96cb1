"""Where output goes: a notebook, a terminal or a pipe, and whether somebody sits before it."""

import re
import sys
from contextlib import contextmanager, redirect_stdout


def in_notebook() -> bool:
    """Whether this runs in a Jupyter kernel."""
    return _kernel() is not None


def somebody_is_there() -> bool:
    """Whether the notebook is open before somebody who can be asked; papermill cannot."""
    return bool(getattr(_kernel(), "_allow_stdin", False))


def clean(text: str) -> str:
    """The text without control characters: a model's output must not steer the terminal."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text)


def note(text: str) -> None:
    """A line for people, on standard error."""
    print(clean(text), file=sys.stderr)


def only_notes():
    """A context in which whatever a library prints goes to standard error."""
    return redirect_stdout(sys.stderr)


@contextmanager
def counter(what: str):
    """A bar in a terminal, and in a notebook before somebody; nothing elsewhere. Yields tell(done, total)."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    console = Console(stderr=True)
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    nobody = not somebody_is_there() if in_notebook() else not console.is_terminal
    with Progress(*columns, console=console, transient=in_notebook(), disable=nobody) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _kernel():
    """The Jupyter kernel in which this runs, or None."""
    interactive = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    return getattr(interactive, "kernel", None)
