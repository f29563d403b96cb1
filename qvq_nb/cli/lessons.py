"""`qvq-nb run`, `qvq-nb lab` and, for those who write lessons, `qvq-nb lessons`."""

from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from qvq_nb.cli import Language, Model, OneLanguage
from qvq_nb.screen import clean, note
from qvq_nb.tables import Table

Lessons = Annotated[
    list[str] | None,
    Argument(help="Such as 05_invoice, invoice or 05, or a notebook's path; all without it."),
]


def run(
    lesson: Lessons = None,
    model: Model = "qvq-mini",
    language: OneLanguage = Language.en,
    to: Annotated[Path, Option(help="The folder for executed notebooks and report.html.")] = Path(
        "build/run"
    ),
    timeout: Annotated[float, Option(metavar="SECONDS", help="The limit for each lesson.")] = 600,
    parallel: Annotated[
        int, Option(metavar="N", min=1, help="How many lessons run at a time, the longest first.")
    ] = 1,
    memory: Annotated[
        float | None,
        Option(metavar="GIB", help="The limit for each lesson; nine tenths of what is free without it."),
    ] = None,
):
    """Execute lessons from a clean kernel and write a report."""
    from qvq_nb.lessons import run as execute
    from qvq_nb.lessons import write_report
    from qvq_nb.lessons.runner import finish_killed_runs

    for notebook in finish_killed_runs():
        note(f"A run was killed before; what it had executed is kept in {notebook}.")
    limits = {} if memory is None else {"memory_gib": memory}
    with progress_shown() as progress:
        results = execute(
            lesson or (), model, language.value, to, timeout, progress, parallel=parallel, **limits
        )
    report = write_report(results, to / "report.html", model, language.value)
    rows = [(r.lesson, status(r), f"{r.seconds:.1f}", f"{r.peak_memory_mib:.0f}") for r in results]
    Table(("Lesson", "Status", "Seconds", "Peak memory, MiB"), rows, left=(0, 1)).print()
    unfinished = sum(result.status in ("interrupted", "not run") for result in results)
    if unfinished:
        finished = f"{len(results) - unfinished} of {len(results)} lessons are finished."
        note(f"Stopped: {finished} What was executed is kept in {to}.")
        raise typer.Exit(130)
    note(f"The executed notebooks and the report are in {to}; open {report}")
    raise typer.Exit(0 if all(result.passed for result in results) else 1)


def lab(
    language: OneLanguage = Language.en,
    browser: Annotated[bool, Option(help="Open a browser.")] = True,
    port: Annotated[int, Option(help="The port on 127.0.0.1 to begin with.")] = 8888,
):
    """Open JupyterLab on a copy of the lessons (my-lessons/), on this machine only."""
    from qvq_nb.lessons.lab import open_lab

    raise typer.Exit(open_lab(language.value, browser, port))


def build(
    check: Annotated[
        bool, Option("--check", help="Write nothing; say which notebooks are out of date.")
    ] = False,
):
    """Build the notebooks of both languages from their sources."""
    from qvq_nb import lessons

    changed = lessons.build(check=check)
    for path in changed:
        print(path)
    if check and changed:
        wrong = f"{len(changed)} notebooks are not what their sources give"
        note(f"{wrong}; `qvq-nb lessons build` writes them again.")
        raise typer.Exit(1)
    note("All notebooks are what their sources give." if check else f"{len(changed)} notebooks changed.")


def measure(lesson: Lessons = None, model: Model = "qvq-mini"):
    """Run lessons and write down what each took: minutes, memory, disk."""
    from qvq_nb.lessons.measure import measure as run_and_write

    with progress_shown() as progress:
        run_and_write(lesson or (), model, progress)
    note("What was measured is written down; `qvq-nb lessons build` puts it into the notebooks.")


@contextmanager
def progress_shown():
    """A progress bar for each lesson in a terminal, one plain line per lesson elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda step: step.result and note(line(step.result))
        return
    name = TextColumn("{task.description}", markup=False)
    cell = TextColumn("cell {task.completed:.0f} of {task.total:.0f}")
    with Progress(name, BarColumn(), cell, TimeElapsedColumn(), console=console) as bar:
        tasks = {}

        def show(step):
            if step.lesson not in tasks:
                tasks[step.lesson] = bar.add_task(step.lesson, total=step.cells)
            bar.update(tasks[step.lesson], completed=step.cell)
            if step.result:
                bar.update(tasks[step.lesson], description=line(step.result))
                bar.stop_task(tasks[step.lesson])

        yield show


def line(result) -> str:
    """One lesson's result on one line."""
    said = f" ({clean(result.error)})" if result.error else ""
    return f"{result.lesson}: {result.status}{said}, {result.seconds:.1f} s, {result.peak_memory_mib:.0f} MiB"


def status(result) -> str:
    """What became of a lesson, and why."""
    return f"{result.status}: {clean(result.error)}" if result.error else result.status
