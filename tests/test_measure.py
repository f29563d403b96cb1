"""Measuring lessons: a real run of a small one, and what is written down of it."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from qvq_nb.errors import QvqError
from qvq_nb.lessons import measure as measuring
from qvq_nb.lessons.builder import NEEDS_FILE

WRITTEN_MIB = 25
TAKES = f"""
import pathlib, tempfile, time
file = pathlib.Path(tempfile.mkdtemp()) / "zeros"
file.write_bytes(bytes({WRITTEN_MIB} * 2**20))
time.sleep(2)
file.unlink()
"""
OTHER = {"tier": "laptop", "learner_minutes": 20, "machine_minutes": 9, "memory_mib": 9, "disk_mib": 9}


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    """Two lessons, one of which works, in a folder of their own with needs that people have edited."""
    for name, code in {"00_takes": TAKES, "01_fails": "1 / 0"}.items():
        parameters = new_code_cell('model = language = ""', metadata={"tags": ["parameters"]})
        (tmp_path / "en").mkdir(exist_ok=True)
        nbformat.write(
            new_notebook(cells=[parameters, new_code_cell(code)]), tmp_path / "en" / f"{name}.ipynb"
        )
    (tmp_path / "source").mkdir()
    edited = {"00_takes": {"tier": "GPU", "learner_minutes": 30, "memory_mib": 1}, "01_fails": OTHER}
    (tmp_path / "source" / NEEDS_FILE).write_text(json.dumps(edited))
    monkeypatch.setattr(measuring, "notebooks_folder", lambda: tmp_path)
    return tmp_path


def test_measured_values_are_written_and_what_people_wrote_stays(lessons):
    returned = measuring.measure([lessons / "en" / "00_takes.ipynb"])
    written = json.loads((lessons / "source" / NEEDS_FILE).read_text())
    assert written == returned and written["01_fails"] == OTHER
    needs = written["00_takes"]
    assert (needs["tier"], needs["learner_minutes"]) == ("GPU", 30)
    assert 0 < needs["machine_minutes"] <= 1 and needs["cores"] >= 1
    assert WRITTEN_MIB <= needs["disk_mib"] <= WRITTEN_MIB + 20
    assert 20 < needs["memory_mib"] < 1000


def test_a_lesson_that_fails_keeps_its_needs_and_the_one_before_is_written(lessons):
    with pytest.raises(QvqError, match="01_fails failed .*ZeroDivisionError.*as before"):
        measuring.measure([lessons / "en" / "00_takes.ipynb", lessons / "en" / "01_fails.ipynb"])
    written = json.loads((lessons / "source" / NEEDS_FILE).read_text())
    assert written["01_fails"] == OTHER and "disk_mib" in written["00_takes"]
