"""The face of the package, and that importing it costs nothing."""

import subprocess
import sys

import pytest

import qvq_nb


def loaded_by(statement):
    code = f"import sys; {statement}; print(*sorted(name.split('.')[0] for name in sys.modules))"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )


def test_import_loads_nothing_heavy():
    assert not loaded_by("import qvq_nb") & {
        "torch",
        "transformers",
        "PIL",
        "numpy",
        "torchvision",
        "pandas",
        "huggingface_hub",
    }


def test_the_lower_floors_load_nothing_heavy():
    modules = (
        "qvq_nb.trace",
        "qvq_nb.grading.verdict",
        "qvq_nb.memory.network",
        "qvq_nb.models.profiles",
        "qvq_nb.models.checkpoint",
        "qvq_nb.inference.reasoner",
        "qvq_nb.inference.local.engine",
    )
    assert not loaded_by(f"import {', '.join(modules)}") & {"torch", "transformers", "PIL", "numpy"}


@pytest.mark.parametrize("name", ["load", "case", "clip", "evaluate", "versions", "Answer", "QvqError"])
def test_every_promised_name_is_there(name):
    assert callable(getattr(qvq_nb, name))
    assert name in dir(qvq_nb)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        qvq_nb.lod  # noqa: B018
