"""Counting right answers: the interval, the table, and that no failure is swallowed."""

import hashlib
import json
from types import SimpleNamespace

import pytest

from qvq_nb import cases, trace
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.counting import Evaluation, evaluate, weights_sha256
from qvq_nb.evaluation.curve import curve, curve_table
from qvq_nb.evaluation.interval import wilson_interval
from qvq_nb.media.clip import Clip

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
        final = "I do not know" if self.spoil == "wrong" else self.truths[pixels(image)]
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


def pixels(media):
    """The bytes of every picture and frame that is shown."""
    if isinstance(media, (list, tuple)):
        return b"".join(map(pixels, media))
    return pixels(media.frames) if isinstance(media, Clip) else media.tobytes()


def oracle(families, languages, spoil=None):
    one = Oracle(spoil)
    for family in families:
        for language in languages:
            for seed in SEEDS:
                case = cases.case(family, seed=seed, language=language)
                one.truths[pixels(case.media)] = case.truth
    return one


@pytest.mark.parametrize("family", cases.FAMILIES)
def test_the_truth_itself_is_always_right(family):
    evaluation = evaluate(oracle([family], cases.LANGUAGES), [family], SEEDS)
    assert [row["reason"] for row in evaluation.rows if not row["ok"]] == []
    assert evaluation.right == 6


def test_an_answer_that_says_nothing_is_counted_as_unclear_and_as_not_right():
    evaluation = evaluate(oracle(["sofa"], ["en"], "wrong"), ["sofa"], SEEDS, ["en"])
    count = evaluation.counts()[-1]
    assert (count["right"], count["unclear"], count["total"]) == (0, 3, 3)
    assert {row["outcome"] for row in evaluation.rows} == {"unclear"}
    assert "unclear" in str(evaluation).splitlines()[0]
    assert evaluate(oracle(["sofa"], ["en"]), ["sofa"], SEEDS, ["en"]).counts()[-1]["unclear"] == 0


def test_rows_that_were_kept_before_outcomes_were_are_counted():
    rows = evaluate(oracle(["sofa"], ["en"], "wrong"), ["sofa"], SEEDS, ["en"]).rows
    old = tuple({name: value for name, value in row.items() if name != "outcome"} for row in rows)
    assert Evaluation("old", old).counts()[-1]["unclear"] == 0


def test_the_table_has_a_row_per_family_and_language_and_one_for_all():
    evaluation = evaluate(oracle(["sofa"], ["en", "zh"]), ["sofa"], SEEDS)
    counts = evaluation.counts()
    assert [(count["family"], count["language"], count["right"], count["total"]) for count in counts] == [
        ("sofa", "en", 3, 3), ("sofa", "zh", 3, 3), ("all", "all", 6, 6),
    ]  # fmt: skip
    assert counts[0]["median_seconds"] == 2.0 and counts[0]["ended"] == 3
    assert "100.0 %" in str(evaluation) and "<table>" in evaluation._repr_html_()
    assert [line.split()[0] for line in str(evaluation).splitlines()] == ["case", "sofa", "sofa", "all"]


def test_wrong_answers_are_counted_as_wrong():
    counts = evaluate(oracle(["sofa"], ["en"], "wrong"), ["sofa"], SEEDS, ["en"]).counts()
    assert (counts[0]["right"], counts[0]["accuracy"]) == (0, 0.0)


def test_a_case_that_raises_is_reported_and_the_others_go_on():
    evaluation = evaluate(oracle(["sofa"], ["en"], "raise"), ["sofa"], SEEDS, ["en"])
    assert [row["ok"] for row in evaluation.rows] == [True, False, True]
    assert evaluation.rows[1]["error"] == "ValueError: lost the picture"
    assert (evaluation.counts()[0]["total"], evaluation.counts()[0]["errors"]) == (3, 1)


def test_the_language_of_each_answer_is_compared_with_the_questions():
    counts = evaluate(oracle(["sofa"], ["en", "zh"], "chinese"), ["sofa"], SEEDS).counts()
    assert [count["language_right"] for count in counts] == [0, 3, 3]


def test_the_longest_time_is_told():
    evaluation = evaluate(oracle(["sofa"], ["en"]), ["sofa"], SEEDS, ["en"])
    assert evaluation.counts()[0]["longest_seconds"] == 3.0 and "3.00" in str(evaluation)


def test_the_table_speaks_chinese_where_all_questions_do():
    chinese, both = (evaluate(oracle(["sofa"], of), ["sofa"], SEEDS, of) for of in (["zh"], ["zh", "en"]))
    titles, *rows = map(str.split, str(chinese).splitlines())
    assert titles[:2] == ["题目", "答对"] and [row[0] for row in rows] == ["sofa", "合计"]
    assert "题目" not in str(both)


def test_the_thinking_of_each_answer_is_kept_in_its_row():
    evaluation = evaluate(oracle(["sofa"], ["en"]), ["sofa"], SEEDS, ["en"])
    assert [row["thinking"] for row in evaluation.rows] == ["I see it."] * 3


def test_one_family_one_language_and_a_number_of_seeds_can_be_said_as_such():
    evaluation = evaluate(oracle(["sofa"], ["zh"]), "sofa", 2, "zh")
    assert [(row["family"], row["language"], row["seed"]) for row in evaluation.rows] == [
        ("sofa", "zh", 10_000_000),
        ("sofa", "zh", 10_000_001),
    ]
    seeds = (seed for seed in (10_000_002, 10_000_000))
    rows = evaluate(oracle(["sofa"], cases.LANGUAGES), "sofa", seeds).rows
    assert [row["seed"] for row in rows] == [10_000_002, 10_000_000] * 2


def test_the_table_fits_on_a_page():
    row = {
        "family": "recognition", "language": "en", "seed": 0, "ok": True, "stop_reason": "end",
        "language_right": True, "seconds": 100.0, "error": None,
    }  # fmt: skip
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
    points = curve([Evaluation("m", right), Evaluation("m", right, 64), Evaluation("m", half, 0)])
    assert [(point["thinking_budget"], point["right"], point["total"]) for point in points] == [
        (0, 1, 2),
        (64, 2, 2),
        (None, 2, 2),
    ]
    assert (points[0]["low"], points[0]["high"]) == wilson_interval(1, 2)
    shown = str(curve_table(points))
    assert "no limit" in shown and "50.0 %" in shown


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


def test_the_bar_is_for_those_who_look(capsys):
    evaluate(oracle(["sofa"], ["en"]), "sofa", 3, "en")
    assert capsys.readouterr() == ("", "")


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
