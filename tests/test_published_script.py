"""The script on QVQ-72B-Preview's model card runs on the embedded model, but for path, picture and device."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qvq_nb import case, trace
from qvq_nb.lessons.builder import edition
from qvq_nb.paths import data_folder, notebooks_folder

SCRIPT = Path(__file__).with_name("published_script.txt").read_text(encoding="utf-8")
MODEL = '"Qwen/QVQ-72B-Preview"'
PICTURE = '"https://qianwen-res.oss-cn-beijing.aliyuncs.com/QVQ/demo.png"'
QUESTION = '"What value should be filled in the blank space?"'  # about the published picture
DEVICE = '"cuda"'


def changed(script, **changes):
    """The script with its model, picture, question or device replaced by other Python expressions."""
    for name, expression in changes.items():
        published = {"model": MODEL, "picture": PICTURE, "question": QUESTION, "device": DEVICE}[name]
        assert published in script
        script = script.replace(published, expression)
    return script


@pytest.fixture
def run(tmp_path):
    """Runs a script in an empty folder, as a learner without this kit would; returns the answer."""

    def run(script):
        (tmp_path / "script.py").write_text(
            f'{script}\nimport sys\n\nassert "qvq_nb" not in sys.modules\n', encoding="utf-8"
        )
        offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
        plain = {"PYTHONIOENCODING": "utf-8", "CUDA_VISIBLE_DEVICES": ""}
        environment = {**os.environ, **offline, **plain}
        environment.pop("PYTHONPATH", None)
        done = subprocess.run(
            [sys.executable, "script.py"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=1800,  # no promise, only an end for a test that hangs
        )
        assert done.returncode == 0, done.stderr
        return trace.split(ast.literal_eval(done.stdout)[0])

    return run


@pytest.mark.slow
@pytest.mark.parametrize("language", [None, "en", "zh"])
def test_it_runs_with_path_picture_and_device_changed(run, tmp_path, language):
    """Without a language the published question stays, though it fits no picture here."""
    chart = case("chart", language=language or "en")
    chart.image.save(tmp_path / "picture.png")
    script = changed(
        SCRIPT, model=repr(str(data_folder() / "qvq-mini")), picture='"picture.png"', device='"cpu"'
    )
    answer = run(changed(script, question=repr(chart.question)) if language else script)
    assert answer.marker and answer.thinking.strip() and answer.final.strip()


def test_the_first_lesson_runs_every_statement_of_it():
    lesson = edition(notebooks_folder() / "source" / "00_start.py", "en")
    code = "\n\n".join(cell.source for cell in lesson.cells if cell.cell_type == "code")
    expected = changed(
        SCRIPT, model="path", picture="case.image", question="case.question", device="model.device"
    )
    place = 0
    for paragraph in expected.strip().split("\n\n"):
        assert paragraph in code[place:], f"changed or out of order:\n{paragraph}"
        place = code.index(paragraph, place) + len(paragraph)
