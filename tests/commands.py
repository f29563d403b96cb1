"""The command qvq-nb, called within the test's own process."""

from typer.testing import CliRunner

from qvq_nb.cli import main


def qvq(*arguments):
    """The command's exit code, standard output and standard error."""
    result = CliRunner().invoke(main.app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr
