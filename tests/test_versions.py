"""The version lines of a notebook."""

import platform
from importlib.metadata import version

import qvq_nb


def test_python_and_kit_come_first_then_one_line_for_each_package(capsys):
    qvq_nb.versions("transformers", "no-such-package")
    assert capsys.readouterr().out.splitlines() == [
        f"python {platform.python_version()} | qvq_nb {qvq_nb.__version__}",
        f"transformers {version('transformers')}",
        "no-such-package is not installed",
    ]
