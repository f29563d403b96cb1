"""Free questions about a learner's own picture: no answer to them is ever right or wrong."""

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from test_report import case_lesson, result_of

from qvq_nb.cases import LANGUAGES
from qvq_nb.cases.free import FREE, free_case
from qvq_nb.errors import QvqError
from qvq_nb.grading.forms.no_truth import NoTruth
from qvq_nb.lessons.report import page
from qvq_nb.trace import language_of

PICTURE = Image.new("RGB", (56, 28), "red")


@given(st.text())
def test_no_answer_is_right_or_wrong(answer):
    for kind in FREE:
        for language in LANGUAGES:
            verdict = free_case(PICTURE, kind, language).check(answer)
            assert verdict.outcome == "no truth" and not verdict.ok and verdict.expected == ""


@pytest.mark.parametrize("stop", ["refused", "broken", "length", "end"])
@pytest.mark.parametrize("final", ["", r"\boxed{", "A poem."])
def test_even_an_answer_that_broke_off_is_not_called_wrong(stop, final):
    answer = SimpleNamespace(final=final, stop_reason=stop, model="any")
    assert free_case(PICTURE, "poem").check(answer).outcome == "no truth"


@pytest.mark.parametrize("kind", FREE)
def test_question_and_reason_are_in_the_language_of_the_case(kind):
    for language in LANGUAGES:
        case = free_case(PICTURE, kind, language)
        verdict = case.check("This is what I say.")
        assert language_of(case.question) == language_of(verdict.reason) == language
        assert str(verdict).startswith({"en": "– not judged: ", "zh": "– 不评判："}[language])


def test_the_palm_question_says_that_it_is_play_and_no_question_asks_who_somebody_is():
    assert "This is play" in free_case(PICTURE, "palm").question
    assert "这只是游戏" in free_case(PICTURE, "palm", "zh").question
    assert "Leave open who the people in it are" in free_case(PICTURE, "landmark").question
    assert "图中的人是谁，不必说" in free_case(PICTURE, "landmark", "zh").question


def test_the_picture_may_be_a_file_and_the_case_shows_it(tmp_path):
    PICTURE.save(tmp_path / "mine.png")
    case = free_case(tmp_path / "mine.png", "script")
    assert case.image.size == (56, 28) and case.truth == "" and case.id == "script-en"
    assert repr(case).startswith("Case(script-en: Write the script")
    assert json.loads(json.dumps(case.to_dict()))["family"] is None
    with pytest.raises(QvqError):
        case.follow_up()


@pytest.mark.parametrize("arguments", [("portrait",), ("poem", "fr")])
def test_a_wrong_request_says_what_there_is(arguments):
    with pytest.raises(QvqError, match="choose"):
        free_case(PICTURE, *arguments)


def test_the_report_counts_it_neither_as_right_nor_as_wrong():
    verdict = free_case(PICTURE, "poem").check("Red, red, red.").to_dict()
    html = page([result_of(case_lesson(verdict))], "any", "en")
    assert 3 * '<td class="number">0</td>' + "</tr>" in html
    assert '<strong class="no truth">not judged</strong> · No poem' in html and "<article>" not in html
    assert '<strong class="wrong">wrong</strong>' in page([result_of(case_lesson())], "any", "en")


def test_the_report_calls_an_unclear_answer_unclear():
    html = page([result_of(case_lesson({"outcome": "unclear"}))], "any", "zh")
    assert '<strong class="unclear">不明确</strong>' in html


def test_a_target_without_truth_says_why_in_both_languages():
    target = NoTruth(("It has none.", "没有答案。"))
    assert [target.grade("x", language).reason for language in LANGUAGES] == ["It has none.", "没有答案。"]
