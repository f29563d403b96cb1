"""Counting right answers: the interval, the table, and that no failure is swallowed."""

import hashlib
import json
import sys
from types import SimpleNamespace

import pytest

from qvq_nb import cases, trace
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.counting import Evaluation, curve, evaluate, weights_sha256, wilson_interval

SEEDS = range(10_000_000, 10_000_003)


class Oracle:
    """Knows the truth of each question it is asked about; `spoil` turns some answers."""

    name = "oracle"

    def __init__(self, spoil=None):
        self.spoil, self.asked = spoil, 0
        self.truths = {}

    def ask(self, image, question, **options):
        self.asked += 1
        self.options = options
        if self.spoil == "raise" and self.asked == 2:
            raise ValueError("lost the picture")
        final = "I do not know" if self.spoil == "wrong" else self.truths[image.tobytes()]
        language = "zh" if self.spoil == "chinese" else trace.language_of(question)
        return SimpleNamespace(
            final=final,
            thinking="I see it.",
            language=language,
            stop_reason="end",
            new_tokens=5,
            visual_tokens=70,
            seconds=float(self.asked),
            model="oracle",
        )


def oracle(families, languages, spoil=None):
    one = Oracle(spoil)
    for family in families:
        for language in languages:
            for seed in SEEDS:
                case = cases.case(family, seed=seed, language=language)
                one.truths[case.image.tobytes()] = case.truth
    return one


@pytest.mark.parametrize("family", cases.FAMILIES)
def test_the_truth_itself_is_always_right(family):
    evaluation = evaluate(oracle([family], cases.LANGUAGES), [family], SEEDS)
    assert [row["reason"] for row in evaluation.rows if not row["ok"]] == []
    assert evaluation.right == 6


def test_the_table_has_a_row_per_family_and_language_and_one_for_all():
    table = evaluate(oracle(["sofa"], ["en", "zh"]), ["sofa"], SEEDS).table()
    assert [(row["family"], row["language"], row["right"], row["total"]) for row in table] == [
        ("sofa", "en", 3, 3), ("sofa", "zh", 3, 3), ("all", "all", 6, 6),
    ]  # fmt: skip
    assert table[0]["median_seconds"] == 2.0 and table[0]["ended"] == 3
    assert "100.0 %" in str(table) and "<table>" in table._repr_html_()


def test_wrong_answers_are_counted_as_wrong():
    table = evaluate(oracle(["sofa"], ["en"], "wrong"), ["sofa"], SEEDS, ["en"]).table()
    assert (table[0]["right"], table[0]["accuracy"]) == (0, 0.0)


def test_a_case_that_raises_is_reported_and_the_others_go_on():
    evaluation = evaluate(oracle(["sofa"], ["en"], "raise"), ["sofa"], SEEDS, ["en"])
    assert [row["ok"] for row in evaluation.rows] == [True, False, True]
    assert evaluation.rows[1]["error"] == "ValueError: lost the picture"
    assert (evaluation.table()[0]["total"], evaluation.table()[0]["errors"]) == (3, 1)


def test_the_language_of_each_answer_is_compared_with_the_questions():
    table = evaluate(oracle(["sofa"], ["en", "zh"], "chinese"), ["sofa"], SEEDS).table()
    assert [row["language_right"] for row in table] == [0, 3, 3]


def test_the_longest_time_is_told():
    table = evaluate(oracle(["sofa"], ["en"]), ["sofa"], SEEDS, ["en"]).table()
    assert table[0]["longest_seconds"] == 3.0 and "3.00" in str(table)


def stating(monkeypatch):
    """The facts of qvq-mini's thinking can be read: 3 stated per answer, 2 of them right."""
    asked = []

    def score(family, facts, language, thinking):
        asked.append((family, language, thinking, facts["answer"]))
        return 2, 3

    monkeypatch.setitem(sys.modules, "qvq_mini.statements", SimpleNamespace(score=score))
    return asked


def test_the_facts_stated_while_thinking_are_counted(monkeypatch):
    asked = stating(monkeypatch)
    mini = oracle(["sofa"], ["en"])
    mini.profile = SimpleNamespace(name="qvq-mini")
    evaluation = evaluate(mini, ["sofa"], SEEDS, ["en"])
    assert asked[0][:3] == ("sofa", "en", "I see it.") and len(asked) == 3
    assert [(row["facts_right"], row["facts_stated"]) for row in evaluation.rows] == [(2, 3)] * 3
    row = evaluation.table()[0]
    assert (row["facts_right"], row["facts_stated"]) == (6, 9) and "66.7 %" in str(evaluation)


def test_of_another_model_no_facts_are_read(monkeypatch):
    asked = stating(monkeypatch)
    table = evaluate(oracle(["sofa"], ["en"]), ["sofa"], SEEDS, ["en"]).table()
    assert not asked and table[0]["facts_stated"] is None
    assert str(table).splitlines()[1].split()[-4] == "–"


def test_the_table_fits_on_a_page():
    row = {"family": "recognition", "language": "en", "seed": 0, "ok": True, "stop_reason": "end", "language_right": True,
           "facts_right": 9999, "facts_stated": 9999, "seconds": 100.0, "error": None}  # fmt: skip
    assert max(map(len, str(Evaluation("qvq-mini", (row,) * 2400)).splitlines())) <= 110


def test_a_thinking_budget_reaches_the_model_and_is_recorded():
    one = oracle(["sofa"], ["en"])
    evaluation = evaluate(one, ["sofa"], SEEDS, ["en"], thinking_budget=0)
    assert one.options == {"thinking_budget": 0} and evaluation.to_dict()["thinking_budget"] == 0
    evaluate(one, ["sofa"], SEEDS, ["en"])
    assert one.options == {}


def test_a_curve_has_one_row_for_each_budget_and_no_limit_comes_last():
    right = {"ok": True}, {"ok": True}
    half = {"ok": True}, {"ok": False}
    rows = curve([Evaluation("m", right), Evaluation("m", right, 64), Evaluation("m", half, 0)])
    assert [(row["thinking_budget"], row["right"], row["total"]) for row in rows] == [
        (0, 1, 2),
        (64, 2, 2),
        (None, 2, 2),
    ]
    assert (rows[0]["low"], rows[0]["high"]) == wilson_interval(1, 2)
    assert "no limit" in str(rows) and "50.0 %" in str(rows)


def test_the_weights_that_answered_are_recorded(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    one = oracle(["sofa"], ["en"])
    one.engine = SimpleNamespace(folder=tmp_path)
    weights = evaluate(one, ["sofa"], SEEDS, ["en"]).to_dict()["weights"]
    assert (
        weights == {"model.safetensors": hashlib.sha256(b"weights").hexdigest()} == weights_sha256(tmp_path)
    )


def test_an_interrupt_is_not_swallowed():
    class Interrupted:
        def ask(self, image, question):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(Interrupted(), ["sofa"], SEEDS, ["en"])


def test_progress_is_told_after_each_case():
    seen = []
    evaluate(
        oracle(["sofa"], ["en"]),
        ["sofa"],
        SEEDS,
        ["en"],
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_rows_are_plain_values():
    evaluation = evaluate(oracle(["sofa"], ["en"]), ["sofa"], SEEDS, ["en"])
    assert json.loads(json.dumps(evaluation.to_dict()))["rows"][0]["seed"] == 10_000_000


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (0, 0, 0.0, 1.0),
        (95, 100, 0.8882, 0.9785),
    ],
)
def test_the_interval_is_wilsons(right, total, low, high):
    assert wilson_interval(right, total) == pytest.approx((low, high), abs=1e-4)


def test_nothing_to_evaluate_is_said():
    with pytest.raises(QvqError, match="nothing to evaluate"):
        evaluate(Oracle(), ["sofa"], range(0), ["en"])


def test_an_unknown_family_is_said():
    with pytest.raises(QvqError, match="no case family 'bridge'"):
        evaluate(Oracle(), ["bridge"], SEEDS, ["en"])
