"""qvq-nb case: picture and description, both or neither."""

import json
import os

import pytest
from commands import qvq
from PIL import Image

import qvq_nb


def test_case_writes_picture_and_description(tmp_path):
    code, output, notes = qvq(
        "case", "chart", "--seed", 7, "--language", "zh", "--to", tmp_path / "new" / "case"
    )
    assert code == 0 and output == "" and "case.json" in notes
    assert sorted(os.listdir(tmp_path / "new" / "case")) == ["case.json", "image.png"]
    description = json.loads((tmp_path / "new" / "case" / "case.json").read_text(encoding="utf-8"))
    same = qvq_nb.case("chart", seed=7, language="zh")
    assert {key: description[key] for key in ("family", "seed", "language", "question", "truth")} == {
        "family": "chart", "seed": 7, "language": "zh", "question": same.question, "truth": same.truth,
    }  # fmt: skip
    assert Image.open(tmp_path / "new" / "case" / "image.png").tobytes() == same.image.tobytes()


@pytest.mark.parametrize(
    ("family", "names"), [("compare", ["image-1.png", "image-2.png"]), ("clip", ["clip.mp4"])]
)
def test_several_pictures_and_a_clip_are_written_with_their_names(tmp_path, family, names):
    code, _, notes = qvq("case", family, "--seed", 7, "--wide", "--to", tmp_path)
    assert code == 0 and all(name in notes for name in names)
    assert sorted(os.listdir(tmp_path)) == sorted([*names, "case.json"])
    description = json.loads((tmp_path / "case.json").read_text(encoding="utf-8"))
    drawn = qvq_nb.case(family, seed=7, wide=True)
    assert (description["media"], description["image"]) == (names, names[0])
    assert (description["id"], description["facts"]) == (drawn.id, drawn.facts)
    for name, medium in zip(names, drawn.media):
        written = qvq_nb.clip(tmp_path / name).frames if name.endswith(".mp4") else [tmp_path / name]
        assert len(written) == len(getattr(medium, "frames", [medium]))


@pytest.mark.parametrize("arguments", [("nonsense",), ("chart", "--seed", "-1")])
def test_a_case_that_cannot_be_is_one_sentence_and_leaves_nothing(tmp_path, arguments):
    code, output, notes = qvq("case", *arguments, "--to", tmp_path / "case")
    assert code == 1 and output == "" and notes.startswith("qvq-nb: ") and "Traceback" not in notes
    assert not (tmp_path / "case").exists()


def test_a_case_into_a_file_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("mine")
    code, _, notes = qvq("case", "chart", "--to", tmp_path / "file")
    assert code == 1 and "could not be written" in notes
    assert (tmp_path / "file").read_text() == "mine"


def test_a_case_that_cannot_be_saved_whole_leaves_the_old_one(tmp_path, monkeypatch):
    qvq("case", "chart", "--to", tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    code, _, notes = qvq("case", "chart", "--seed", 1, "--to", tmp_path)
    assert code == 1 and "No space left" in notes
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
