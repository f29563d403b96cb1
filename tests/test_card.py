"""The model card: its figures are those that were counted, of the weights that lie beside it."""

import hashlib
import json

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from qvq_mini import families
from qvq_mini.card import statements
from qvq_mini.card.__main__ import main
from qvq_mini.card.parts import with_parts
from qvq_mini.families import TAUGHT
from qvq_nb.cases import LANGUAGES, case, facts_and_style, family_module
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.counting import weights_sha256
from qvq_nb.evaluation.interval import wilson_interval
from qvq_nb.paths import data_folder

FIRST = 10_000_000
CARD = """# Model

Prose that stays.

<!-- results -->
old figures
<!-- /results -->

More prose.

<!-- budget -->
<!-- /budget -->

<!-- failures -->
<!-- /failures -->

The end.
"""
SHA256 = hashlib.sha256(b"weights").hexdigest()


def row(family, language, seed):
    """A case that was answered right, after thinking as the model was taught to."""
    facts, _ = facts_and_style(family, seed)
    return {
        "family": family,
        "language": language,
        "seed": seed,
        "model": "qvq-mini",
        "ok": True,
        "expected": "6",
        "got": "6",
        "reason": "",
        "stop_reason": "end",
        "seconds": 0.5,
        "error": None,
        "language_right": True,
        "thinking": families.trace(family, facts, language).split("\n\n**")[0],
    }


def counted(
    budget=None, right=lambda row: True, languages=LANGUAGES, seeds=range(FIRST, FIRST + 2), weights=SHA256
):
    """What `qvq-nb evaluate --json` writes, with the answers right that are to be."""
    rows = [row(family, language, seed) for family in TAUGHT for language in languages for seed in seeds]
    rows = [one if right(one) else {**one, "ok": False, "got": "5"} for one in rows]
    return {
        "model": "qvq-mini",
        "weights": {"model.safetensors": weights},
        "thinking_budget": budget,
        "table": [],
        "rows": rows,
    }


@pytest.fixture
def written(tmp_path):
    """A function that writes the card from results: its folder, its text and what results.json holds."""
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "README.md").write_text(CARD)

    def write(*contents):
        paths = []
        for number, content in enumerate(contents):
            paths.append(tmp_path / f"counted-{number}.json")
            paths[-1].write_text(json.dumps(content))
        done = CliRunner().invoke(application(), [*map(str, paths), "--to", str(tmp_path / "README.md")])
        if done.exit_code:
            assert isinstance(done.exception, SystemExit), done.exception
            raise QvqError(done.stderr)
        return (
            tmp_path,
            (tmp_path / "README.md").read_text(),
            json.loads((tmp_path / "results.json").read_text()),
        )

    return write


def application():
    app = typer.Typer()
    app.command()(main)
    return app


def test_the_card_holds_the_figures_of_the_files_and_keeps_its_prose(written):
    _, text, results = written(counted(right=lambda row: row["family"] != "chart" or row["seed"] > FIRST))
    assert (
        "| chart zh | 1 | 2 | 50.0 % |" in text
        and "| all | 22 | 24 | 91.7 % |" in text
        and "old figures" not in text
    )
    assert (results["table"][-1]["low"], results["table"][-1]["high"]) == wilson_interval(22, 24)
    assert all(prose in text for prose in ("Prose that stays.", "More prose.", "The end."))
    assert f"`model.safetensors`, sha256 `{SHA256}`" in text
    assert "```bash\nqvq-nb evaluate --seeds 10000000:10000002\n```" in text and "not been measured" in text


def test_the_rows_of_several_files_are_counted_together(written):
    _, text, results = written(counted(languages=["zh"]), counted(languages=["en"]))
    assert [(line["family"], line["language"]) for line in results["table"][:2]] == [
        ("recognition", "en"),
        ("recognition", "zh"),
    ]
    assert results["table"][-1]["total"] == 24 and "--language" not in results["command"]


def test_files_with_a_thinking_budget_become_a_curve_on_the_same_cases(written):
    def early(row):
        return row["language"] == "zh"

    several = [counted(64, languages=["en"]), counted(0, early), counted(64, languages=["zh"])]
    folder, text, results = written(several, counted(seeds=range(FIRST, FIRST + 3)))
    assert [(point["thinking_budget"], point["right"], point["total"]) for point in results["budget"]] == [
        (0, 12, 24), (64, 24, 24), (None, 24, 24),
    ]  # fmt: skip
    assert "| 0 | 12 | 24 | 50.0 % |" in text and "--thinking-budget 0 --thinking-budget 64" in text
    assert "](budget.png)" in text and (folder / "budget.png").stat().st_size < 20_000


def test_a_line_without_a_limit_needs_the_same_cases(written):
    _, _, results = written(counted(0, seeds=range(FIRST + 1, FIRST + 3)), counted())
    assert [point["thinking_budget"] for point in results["budget"]] == [0]


def test_of_each_family_one_failure_is_shown_with_its_picture(written):
    folder, text, results = written(counted(right=lambda row: row["family"] not in ("sofa", "chart")))
    assert [one["family"] for one in results["failures"]] == ["chart", "sofa"]
    drawn = case("sofa", FIRST, "en")
    assert (
        f"Question: {drawn.question}  \nExpected: `6`  \nAnswered: `5`" in text
        and "8 of 24 answers were wrong" in text
    )
    assert {path.name for path in (folder / "failures").iterdir()} == {
        f"chart-en-{FIRST}.png",
        f"sofa-en-{FIRST}.png",
    }
    shown = Image.open(folder / "failures" / f"sofa-en-{FIRST}.png")
    assert shown.convert("RGB").tobytes() == drawn.image.tobytes()


def test_the_facts_stated_while_thinking_are_counted_from_it(written):
    told = {
        "chart": None,
        "sofa": "The question is about the volume.\nI read 7.",
    }  # no answer; an invented number
    content = counted()
    content["rows"] = [
        {**one, "thinking": told.get(one["family"], one["thinking"])} for one in content["rows"]
    ]
    _, text, results = written(content)
    facts = {line["family"]: (line["facts_right"], line["facts_stated"]) for line in results["table"]}
    assert facts["chart"] == (0, 0) and facts["sofa"] == (0, 2)
    right, stated = facts["invoice"]
    assert right == stated > 20 and facts["all"][0] == facts["all"][1] - 4
    assert "| language | facts | median s |" in text
    assert "| sofa zh | 2 | 2 | 100.0 % | 34.2 % | 100.0 % | 2 | 2 | 0.0 % | 0.50 |" in text
    assert "| chart zh | 2 | 2 | 100.0 % | 34.2 % | 100.0 % | 2 | 2 | – | 0.50 |" in text


def test_pictures_that_are_no_longer_mentioned_are_deleted(written):
    folder, _, _ = written(counted(0), counted(right=lambda row: False))
    assert len([*folder.glob("failures/*.png")]) == 6 and (folder / "budget.png").exists()
    folder, text, _ = written(counted(right=lambda row: row["family"] != "sofa"))
    assert [path.name for path in folder.glob("failures/*.png")] == [f"sofa-en-{FIRST}.png"]
    assert not (folder / "budget.png").exists() and "budget.png" not in text


OTHER = "0" * 64
REFUSED = {
    "other weights": ([counted(), counted(0, weights=OTHER)], "not all of the same weights"),
    "no weights": ([{**counted(), "weights": {}}], "not all of the same weights"),
    "weights that do not lie here": ([counted(weights=OTHER)], "not those of the weights in"),
    "a case twice": ([counted(), counted(languages=["en"])], "12 cases were measured twice"),
    "the same budget twice": ([counted(), counted(8), counted(8)], "24 cases were measured twice"),
    "budgets on different cases": (
        [counted(), counted(0), counted(8, languages=["en"])],
        "on different cases",
    ),
    "only budgets": ([counted(8)], "no result without a thinking budget"),
    "a gap": ([counted(), counted(seeds=[FIRST + 5])], "leave gaps"),
    "another kind of JSON": ([{"cases": 3}], "is no result of `qvq-nb evaluate --json`"),
    "nothing counted": ([{**counted(), "rows": []}], "is no result"),
    "rows of another kind": ([{**counted(), "rows": [{"family": "sofa"}]}], "is no result"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_results_that_do_not_belong_together_are_refused_and_nothing_is_touched(kind, written, tmp_path):
    contents, message = REFUSED[kind]
    with pytest.raises(QvqError, match=message) as caught:
        written(*contents)
    assert str(caught.value).startswith("card: ") and str(caught.value).count("\n") == 1
    assert (tmp_path / "README.md").read_text() == CARD and not (tmp_path / "results.json").exists()


def test_a_card_without_its_markers_is_refused_and_nothing_is_touched(written, tmp_path):
    (tmp_path / "README.md").write_text(CARD.replace("<!-- /budget -->", ""))
    with pytest.raises(QvqError, match="needs the lines <!-- budget -->"):
        written(counted(0), counted())
    assert {path.name for path in tmp_path.iterdir()} == {
        "README.md",
        "model.safetensors",
        "counted-0.json",
        "counted-1.json",
    }


# -- the card of the embedded model


@pytest.fixture(scope="module")
def shipped():
    """The embedded model's folder, its card, and what was measured."""
    folder = data_folder() / "qvq-mini"
    return (
        folder,
        (folder / "README.md").read_text("utf-8"),
        json.loads((folder / "results.json").read_text("utf-8")),
    )


def test_the_card_belongs_to_the_weights(shipped):
    folder, text, results = shipped
    assert results["weights"] == weights_sha256(folder)
    assert all(sha256 in text for sha256 in results["weights"].values())


def test_the_cards_figures_are_those_that_were_measured(shipped):
    _, text, results = shipped
    assert with_parts(text, results) == text, "python -m qvq_mini.card writes it again"


def test_the_cards_pictures_are_there_and_no_others(shipped):
    folder, text, results = shipped
    pictures = {path.relative_to(folder).as_posix() for path in folder.rglob("*.png")}
    assert all(f"]({name})" in text for name in pictures) and text.count("![") == len(pictures)


# -- what is stated while thinking


def test_a_false_statement_is_counted():
    facts = family_module("invoice").CANONICAL
    told = families.trace("invoice", facts, "en")
    right, stated = statements.score("invoice", facts, "en", told)
    assert right == stated == 12
    assert statements.score("invoice", facts, "en", told.replace("1899.00", "1809.00")) == (11, 12)
