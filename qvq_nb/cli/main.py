"""The command `qvq-nb`: its commands, and how each ends.

What a command was asked for goes to standard output, with `--json` as JSON and nothing else; progress, notes
and errors go to standard error. Everything heavy is imported inside the command that needs it, so that
`--help` is quick.
"""

import os
import signal
import sys

import typer
from typer.core import TyperGroup

from qvq_nb.cli import cases, doctor, download, evaluation, inference, lessons, memory, models, rehearsal
from qvq_nb.errors import QvqError, Terminated
from qvq_nb.screen import note

EXIT_CODES = (
    "Exit codes: 0 all is well · 1 something failed, or a mistake that the message explains · "
    "2 the command was not understood · 130 stopped by Ctrl-C or by the system."
)
DOWNLOAD_EXIT_CODES = (
    f"{EXIT_CODES[:-1]} · 3 disk full, too small or not writable · 4 network · 5 wrong or unsafe bytes or "
    "names · 6 not authorised (401, 403) · 7 not found (404) · 8 another process downloads into this folder."
)


STOPPED = "stopped. Files that were finished are kept; nothing half-written is left in their place."


class Commands(TyperGroup):
    """Foreseeable mistakes end as one sentence on standard error."""

    def invoke(self, context):
        try:
            return super().invoke(context)
        except QvqError as error:
            note(f"qvq-nb: {error}")
            raise typer.Exit(error.exit_code) from None
        except BrokenPipeError:  # the reader, such as `head`, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None
        except KeyboardInterrupt as stop:
            note(f"qvq-nb: {str(stop) or STOPPED}")
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=Commands,
    help="Notebooks that teach visual reasoning models, and what they stand on.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for_authors = typer.Typer(cls=Commands, help="For those who write lessons.", no_args_is_help=True)
app.add_typer(for_authors, name="lessons")

COMMANDS = {
    doctor.doctor: EXIT_CODES,
    models.models: EXIT_CODES,
    memory.plan: EXIT_CODES,
    cases.case: EXIT_CODES,
    inference.ask: EXIT_CODES,
    rehearsal.rehearse: EXIT_CODES,
    lessons.run: EXIT_CODES,
    lessons.lab: EXIT_CODES,
    download.download: DOWNLOAD_EXIT_CODES,
    download.verify: DOWNLOAD_EXIT_CODES,
    evaluation.evaluate: EXIT_CODES,
}
for command, exit_codes in COMMANDS.items():
    app.command(epilog=exit_codes)(command)
for command in (lessons.build, lessons.measure):
    for_authors.command(epilog=EXIT_CODES)(command)


def main():
    """The entry point of the command. SIGTERM and a closed terminal end it in order, as Ctrl-C does."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _terminated)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show 图 shows \\u56fe
    try:
        app()
    except SystemExit as ending:
        if sys.argv[1:2] == ["ask"] and "RANK" not in os.environ:
            _leave_at_once(ending.code)
        raise


def _leave_at_once(code) -> None:
    """Ends the process without taking torch and transformers down piece by piece, which takes a second.

    Comes back, for the usual end, where something is still unwritten.
    """
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return
    if isinstance(code, int | None):
        os._exit(code or 0)


def _terminated(number, frame):
    raise Terminated


if __name__ == "__main__":
    main()
