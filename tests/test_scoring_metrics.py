"""Metrics of texts against a second, slower way to work them out."""

import itertools
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qvq_nb.evaluation.scoring import score
from qvq_nb.evaluation.scoring.text_metrics import edit_distance

words = st.text(alphabet="ab c", max_size=7)


def slow_distance(one: str, other: str) -> int:
    @lru_cache(None)
    def rest(i, j):
        if i == len(one) or j == len(other):
            return len(one) - i + len(other) - j
        if one[i] == other[j]:
            return rest(i + 1, j + 1)
        return 1 + min(rest(i + 1, j), rest(i, j + 1), rest(i + 1, j + 1))

    return rest(0, 0)


@given(words, words)
def test_the_edit_distance_is_the_shortest_way_from_one_text_to_the_other(one, other):
    assert edit_distance(one, other) == slow_distance(one, other)


@given(words, st.lists(words, min_size=1, max_size=3))
@settings(deadline=None)
def test_anls_is_that_of_the_nearest_answer_and_nothing_under_a_half(reply, answers):
    best = 0.0
    for answer in answers:
        a, b = " ".join(reply.split()), " ".join(answer.split())
        best = max(best, 1 - slow_distance(a, b) / max(len(a), len(b), 1))
    verdict = score(reply, answers, "anls")
    assert verdict.score == pytest.approx(best if best >= 0.5 else 0.0)
    assert verdict.ok == (best >= 0.5)


@given(st.sampled_from("ab"), st.lists(st.sampled_from("abc"), min_size=2, max_size=10))
@settings(deadline=None)
def test_vqa_accuracy_is_the_mean_over_all_choices_of_ten_less_one(reply, answers):
    groups = itertools.combinations(range(len(answers)), len(answers) - 1)
    shares = [min(1, sum(answers[place] == reply for place in group) / 3) for group in groups]
    # Letters that are no article are the same before and after the official cleaning.
    renamed = {"a": "x", "b": "y", "c": "z"}
    verdict = score(renamed[reply], [renamed[answer] for answer in answers], "vqa")
    assert verdict.score == pytest.approx(sum(shares) / len(shares))


@pytest.mark.parametrize(
    "reply, answer",
    [
        ("The Dog.", "dog"),
        ("an apple", "apple"),
        ("two", "2"),
        ("None", "0"),
        ("dont", "don't"),
        ("couldn'tve", "couldn't've"),
        ("3,500", "3500"),
        ("x-ray", "x ray"),
        ("well - known", "well known"),
        ("U.S.A.", "usa"),
        ("10.5", "10.5"),
        ("a\nb", "b"),
    ],
)
def test_vqa_compares_texts_without_what_does_not_matter(reply, answer):
    assert score(reply, [answer] * 10, "vqa").score == 1


@pytest.mark.parametrize(
    "reply, answers, value",
    [
        ("105", ["100"], 1),
        ("94.9", ["100"], 0),
        ("-95", ["-100"], 1),
        ("57%", ["0.57"], 1),
        ("0.6", ["57%"], 0),
        ("12", ["12%"], 0),
        ("yes", ["Yes"], 1),
        ("Yes.", ["Yes"], 0),
        ("0", ["0"], 1),
        ("0.0", ["0"], 0),
        ("1,000", ["1000"], 0),
        (" 40 ", ["38", "40"], 1),
        ("The answer is 40", ["40"], 0),
    ],
)
def test_relaxed_accuracy_allows_one_part_in_twenty_of_a_number_and_nothing_else(reply, answers, value):
    assert score(reply, answers, "relaxed").score == value


@pytest.mark.parametrize(
    "text",
    [
        "Nokia",
        "\\boxed{Nokia}",
        "\\boxed{\\text{Nokia}}",
        "I read the logo.\n\n**Final Answer**\n\nNokia",
        "<think>It may be Nokia or Siemens.</think>\n\nNokia",
        "看标志。\n\n**答案**\n\n$$\\boxed{\\text{Nokia}}$$",
    ],
)
def test_of_a_reply_that_thinks_only_the_final_part_is_compared(text):
    for kind in ("anls", "relaxed", "vqa"):
        assert score(text, ["Nokia"] * 3 + ["Nokia"] * 7, kind).score == 1


def test_a_percentage_in_a_box_is_read_as_one():
    assert score("\\boxed{57\\%}", ["0.57"], "relaxed").ok
