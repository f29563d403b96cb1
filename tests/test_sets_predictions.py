"""Answers as VLMEvalKit's prediction file, and the verdict on an answer by its question."""

import csv

import pytest
from benchmark_files import WHITE, write_table

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.sets import Question, cases_set, read, write_predictions
from qvq_nb.evaluation.sets.judging import arguments, expected, judge

ROWS = [
    {
        "index": str(number),
        "image": WHITE,
        "question": f'{number}\t"?"\nNow',
        "answer": "A",
        "A": "是",
        "B": "no",
    }
    for number in (3, 1, 2)
]
ANSWERS = {"1": 'a\tb\n"c"', "2": "", "3": "\\boxed{A}\r\n\0\ud800"}


@pytest.mark.parametrize(("name", "dialect"), [("out.tsv", "excel-tab"), ("out.csv", "excel")])
def test_predictions_have_the_sets_columns_but_the_picture(tmp_path, name, dialect):
    questions = read(write_table(tmp_path, "AI2D_TEST.tsv", *ROWS))
    path = write_predictions(tmp_path / name, questions, ANSWERS)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, dialect=dialect))
    assert list(rows[0]) == ["index", "question", "answer", "A", "B", "prediction"]
    assert [{key: row[key] for key in ROWS[0] if key != "image"} for row in rows] == [
        {key: value for key, value in row.items() if key != "image"} for row in ROWS
    ]
    assert [row["prediction"] for row in rows] == [
        "\\boxed{A}\r\n\N{REPLACEMENT CHARACTER}?",
        ANSWERS["1"],
        "",
    ]


def test_predictions_are_not_written_while_answers_are_missing(tmp_path):
    questions = read(write_table(tmp_path, "AI2D_TEST.tsv", *ROWS))
    with pytest.raises(QvqError, match="1 of 3 questions have no answer yet, the first for '1'"):
        write_predictions(tmp_path / "out.tsv", questions, {"2": "A", "3": "B"})
    assert not (tmp_path / "out.tsv").exists()
    with pytest.raises(QvqError, match="written as .tsv or .csv"):
        write_predictions(tmp_path / "out.xlsx", questions, ANSWERS)


def test_own_cases_are_written_too(tmp_path):
    questions = cases_set("sofa", "en", range(2))
    path = write_predictions(tmp_path / "out.tsv", questions, {question.id: "4" for question in questions})
    assert (
        path.read_text(encoding="utf-8").splitlines()[0]
        == "index\tfamily\tseed\tquestion\tanswer\tprediction"
    )


CHOICE = Question("1", "AI2D_TEST", "?", gold="B", kind="choice", choices=("red", "blue"))


@pytest.mark.parametrize(
    ("question", "text", "outcome"),
    [
        (CHOICE, "The answer is (B).", "right"),
        (CHOICE, "It is red.", "wrong"),
        (CHOICE, "I cannot tell.", "unclear"),
        (
            Question("1", "MathVista_MINI", "?", gold="1.5", kind="float", precision=1),
            "It is 1.52 cm.",
            "right",
        ),
        (Question("1", "DocVQA_VAL", "?", gold=["a tower", "tower"], kind="anls"), "Tower", "right"),
    ],
)
def test_a_benchmarks_answer_is_judged_by_its_rule(question, text, outcome):
    assert judge(question, text, "end").outcome == outcome


@pytest.mark.parametrize(
    ("language", "word"), [("en", "no final answer"), ("zh", "没有可读的最终答案"), ("fa", "no final")]
)
def test_no_answer_and_a_refusal_are_wrong_and_say_so(language, word):
    question = Question("1", "AI2D_TEST", "?", gold="B", kind="choice", language=language)
    for text in ("", " \n", None):
        verdict = judge(question, text)
        assert (verdict.outcome, verdict.expected) == ("wrong", "B") and word in verdict.reason
    assert judge(question, "B", "refused").outcome == "wrong"


def test_the_kits_own_cases_are_graded_by_their_targets():
    question = cases_set("invoice", "en", range(1))[0]
    assert judge(question, f"**Final Answer**\n\n\\boxed{{{question.case.truth}}}").ok
    assert expected(question) == question.case.truth
    broken = judge(question, f"I think it is {question.case.truth}", "length")
    assert broken.outcome == "unclear"


def test_what_scores_many_answers_gets_plain_values():
    import json

    row = arguments(CHOICE, "B")
    assert json.loads(json.dumps(row)) == row
