"""The statistics of an evaluation, each found a second way: by hand, by drawing, or by trying all cases."""

import math
import random
import statistics
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_rows import row, rows_of, unanswered

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.interval import wilson_interval
from qvq_nb.evaluation.results import comparison, summary
from qvq_nb.evaluation.results.comparison import mcnemar
from qvq_nb.evaluation.results.estimates import clustered_error, estimate, pass_at
from qvq_nb.evaluation.results.tried import elected, normalised, tried


def score_of(rows):
    return estimate(tried(rows))


@given(st.lists(st.booleans(), min_size=2, max_size=60))
def test_answers_to_questions_with_their_own_pictures_have_wilsons_own_interval(rights):
    found = score_of([row(number, right) for number, right in enumerate(rights)])
    assert (found["right"], found["total"], found["clusters"]) == (sum(rights), len(rights), len(rights))
    assert (found["low"], found["high"]) == pytest.approx(wilson_interval(sum(rights), len(rights)))


@given(st.lists(st.floats(0, 1), min_size=2, max_size=30))
def test_without_shared_pictures_the_error_is_the_standard_deviation_over_the_root(values):
    assert clustered_error(values, range(len(values))) == pytest.approx(
        statistics.stdev(values) / math.sqrt(len(values)), abs=1e-12
    )


def test_the_clustered_error_by_hand():
    # Mean 1/2; both questions of a picture are off by +1/2 or −1/2 each: sums +1 and −1, √(2/1 · 2) ÷ 4.
    assert clustered_error([1, 1, 0, 0], "aabb") == pytest.approx(0.5)
    assert clustered_error([1, 0, 1, 0], "aabb") == 0
    assert clustered_error([1, 0], "aa") is None


def test_copies_of_a_question_on_the_same_picture_tell_nothing_new():
    once = [row(number, number % 3 > 0, group=f"p{number}") for number in range(30)]
    copied = [
        row(f"{number}-{copy}", number % 3 > 0, group=f"p{number}")
        for number in range(30)
        for copy in range(5)
    ]
    one, five = score_of(once), score_of(copied)
    for name in ("accuracy", "low", "high", "standard_error"):
        assert five[name] == pytest.approx(one[name], abs=1e-9)
    assert five["clusters"] == 30


def test_where_all_are_right_the_interval_counts_pictures_and_not_questions():
    found = score_of([row(number, group=f"p{number % 5}") for number in range(20)])
    assert (found["low"], found["high"]) == pytest.approx(wilson_interval(5, 5))


def test_a_picture_of_one_set_is_none_of_another():
    found = score_of([row(1, group="1"), row(2, False, group="1", set="t"), row("1", set="u")])
    assert found["clusters"] == 3


def drawn_rows(draw, pictures, questions, repeats):
    """Questions whose chance to be answered right depends on their picture; 0.6 on average."""
    rows = []
    for picture in range(pictures):
        easy = draw.betavariate(3, 2)
        for question in range(questions):
            name = f"{picture}-{question}"
            rows += [row(name, draw.random() < easy, repeat, group=picture) for repeat in range(repeats)]
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("pictures, questions, repeats", [(200, 1, 1), (60, 4, 1), (60, 1, 4), (40, 3, 3)])
def test_the_interval_holds_the_truth_19_times_of_20(pictures, questions, repeats):
    draw, held, naive, times = random.Random(7), 0, 0, 1000
    for _ in range(times):
        found = score_of(drawn_rows(draw, pictures, questions, repeats))
        held += found["low"] <= 0.6 <= found["high"]
        low, high = wilson_interval(found["right"] * repeats, found["total"] * repeats)
        naive += low <= 0.6 <= high
    assert 0.93 <= held / times <= 0.985
    if questions * repeats > 1:
        assert naive / times < 0.92  # what the interval would be worth if all answers counted as independent


@given(st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))))
def test_pass_at_k_is_the_share_of_all_draws_with_a_right_one(counted):
    tries, right, k = counted
    draws = list(combinations([True] * right + [False] * (tries - right), k))
    assert pass_at(tries, right, k) == pytest.approx(sum(map(any, draws)) / len(draws))


def test_more_draws_than_answers_are_refused():
    with pytest.raises(QvqError, match="pass@5 needs at least 5 answers"):
        pass_at(4, 1, 5)


def test_repeats_are_averaged_per_question_and_the_error_is_over_questions():
    rows = [row(1, right, repeat) for repeat, right in enumerate([1, 1, 1, 0])]
    rows += [row(2, right, repeat) for repeat, right in enumerate([0, 1])]
    found = score_of(rows)
    assert (found["accuracy"], found["total"]) == (pytest.approx((0.75 + 0.5) / 2), 2)
    assert found["standard_error"] == pytest.approx(statistics.stdev([0.75, 0.5]) / math.sqrt(2))


def test_answers_that_vary_freely_count_one_by_one_and_those_that_repeat_themselves_once():
    free, fixed = ("11", "10", "01", "00"), ("11", "11", "00", "00")
    for pattern, independent in ((free, 200), (fixed, 100)):
        rows = [
            row(number, one == "1", repeat)
            for number in range(100)
            for repeat, one in enumerate(pattern[number % 4])
        ]
        found = score_of(rows)
        assert (found["low"], found["high"]) == pytest.approx(
            wilson_interval(independent // 2, independent), abs=2e-3
        )


def test_pass_at_k_and_majority_of_a_run():
    rows = [row(1, right, repeat) for repeat, right in enumerate([1, 0, 0, 0])]
    rows += [row(2, 1, repeat) for repeat in range(4)] + [row(3, 0, 0)]
    found = summary(rows, {}).to_dict()["repeats"]
    assert [(one["k"], one["total"]) for one in found["pass"]] == [(1, 3), (2, 2), (4, 2)]
    # Of six pairs of question 1 three have the right answer; question 3 was asked once only.
    assert [one["accuracy"] for one in found["pass"]] == pytest.approx([(0.25 + 1 + 0) / 3, (0.5 + 1) / 2, 1])
    assert found["majority"]["accuracy"] == pytest.approx(1 / 3)


def test_what_was_asked_once_has_no_repeats():
    assert summary(rows_of("110"), {}).to_dict()["repeats"] is None


@pytest.mark.parametrize(
    "answers, winner",
    [
        (["B", "A", "A"], "A"),
        (["B", "A"], "B"),  # a tie goes to the first
        (["C", "A", "B", "B", "A"], "A"),
        (["2", "0.50", "1/2", ".5", "0.5"], "0.50"),
        (["x", "1,000", "1000.0"], "1,000"),
        (["k", r"\dfrac{1}{2}", r"$\frac{1}{2}$"], r"\dfrac{1}{2}"),
        (["b", "Ｙｅｓ", "yes."], "Ｙｅｓ"),
    ],
)
def test_most_votes_win_however_they_are_written(answers, winner):
    rows = [row(1, "wrong", repeat, got=got) for repeat, got in enumerate(answers)]
    assert elected(rows)["got"] == winner


def test_an_unclear_answer_has_no_vote():
    rows = [row(1, "unclear", 0, got="x"), row(1, "unclear", 1, got="x"), row(1, "right", 2)]
    assert elected(rows)["outcome"] == "right"
    assert tried(rows[:2])[0].majority == 0


@given(st.text())
def test_any_answer_can_vote_and_a_line_break_before_it_makes_no_difference(text):
    assert normalised(f"\n{text}") == normalised(text)


def test_a_circular_question_counts_once_and_is_right_only_if_all_orders_are():
    rows = [row(f"a{order}", order != 2, circular="a") for order in range(4)]
    rows += [row(f"b{order}", circular="b") for order in range(4)] + [row("c")]
    found = score_of(rows)
    assert (found["right"], found["total"]) == (2, 3)


def test_a_try_at_a_circular_question_passes_only_if_all_orders_do():
    rights = {"a0": [1, 1], "a1": [0, 1], "b0": [1, 0], "b1": [0, 1]}
    rows = [
        row(name, right, n, circular=name[0]) for name, each in rights.items() for n, right in enumerate(each)
    ]
    found = summary(rows, {}).to_dict()["repeats"]["pass"]
    assert [one["accuracy"] for one in found] == [0.25, 0.5]


def test_a_circular_question_with_an_order_missing_is_not_answered():
    rows = [row("a0", circular="a"), unanswered("a1", circular="a"), row("c")]
    assert score_of(rows)["total"] == 1


def test_the_orders_of_a_circular_question_vote_apart():
    rights = {"a0": [1, 1, 0], "a1": [0, 1, 1]}
    rows = [
        row(name, right, n, circular="a") for name, each in rights.items() for n, right in enumerate(each)
    ]
    (question,) = tried(rows)
    assert (question.score, question.majority) == (pytest.approx(1 / 3), 1)


def test_a_row_that_comes_twice_counts_once_and_the_answered_one():
    rows = [unanswered(1, error="TimeoutError"), row(1), row(1, False)]
    assert (score_of(rows)["right"], score_of(rows)["total"]) == (1, 1)


@given(st.integers(0, 8), st.integers(0, 8))
def test_mcnemar_agrees_with_all_ways_in_which_the_coins_may_fall(better, worse):
    total, uneven = better + worse, abs(better - worse)
    ways = [abs(2 * sum(coins) - total) >= uneven for coins in product((0, 1), repeat=total)]
    assert mcnemar(better, worse) == pytest.approx(sum(ways) / len(ways))


def test_mcnemar_known_values():
    assert mcnemar(10, 2) == pytest.approx(0.03857421875)  # 2 · (1 + 12 + 66) ÷ 4096
    assert mcnemar(0, 0) == 1
    assert mcnemar(0, 5) == Fraction(1, 16)
    assert 0 < mcnemar(9_000, 11_000) < 1e-40


def runs(pattern_a, pattern_b, **fields):
    return comparison(rows_of(pattern_a, **fields), rows_of(pattern_b, **fields), ("one", "two"))


def test_two_runs_are_compared_on_what_both_answered():
    a = [*rows_of("1100"), row(9)]
    b = [*rows_of("1011"), unanswered(9, error="x"), row(10), row(11)]
    found = comparison(a, b).to_dict()
    assert (found["both"], found["only"]) == (4, [1, 2])
    assert (found["better"], found["worse"], found["same"]) == (2, 1, 1)
    assert [one["right"] for one in found["scores"]] == [2, 3]
    # Differences 0, −1, 1, 1: mean 1/4, variance 11/12.
    assert found["difference"] == pytest.approx(0.25)
    assert found["standard_error"] == pytest.approx(math.sqrt(11 / 12 / 4))


def test_a_clear_difference_is_told_and_a_small_one_is_not():
    clear, small = runs("0" * 30 + "1" * 70, "1" * 100), runs("0" * 3 + "1" * 97, "1" * 100)
    assert clear.to_dict()["tells_apart"] and "more than chance" in clear.sentence()
    assert not small.to_dict()["tells_apart"] and "do not tell the two apart" in small.sentence()
    assert "+30.0" in clear.sentence() and "+30.0" in clear.sentence("zh")


def test_three_questions_tell_nothing_even_if_all_three_agree():
    found = runs("000", "111").to_dict()
    assert (found["low"], found["p"], found["tells_apart"]) == (1, 0.25, False)


def test_questions_on_one_picture_do_not_tell_two_runs_apart():
    found = runs("0" * 30, "1" * 30, group="p").to_dict()
    assert found["standard_error"] is None and not found["tells_apart"]
    assert "Too few pictures" in runs("0" * 30, "1" * 30, group="p").sentence()


def test_runs_without_a_common_question_are_no_error():
    for language, said in (("en", "no answered question in common"), ("zh", "没有共同回答过")):
        one = comparison([row(1)], [row(2)])
        assert said in one.sentence(language) and one.tables(language)


def test_settings_that_differ_are_reported():
    one = comparison([row(1)], [row(1)], ("A", "B"), ({"model": "m", "top_p": 1}, {"model": "m"}))
    assert one.to_dict()["settings"] == [{"name": "top_p", "values": [1, None]}]
    assert "top_p" in str(one)


@pytest.mark.slow
def test_the_paired_interval_holds_the_truth_19_times_of_20_and_equal_runs_seldom_differ():
    draw, held, apart, times = random.Random(3), 0, 0, 600
    for number in range(times):
        gain, runs_of = (0.1 if number % 2 else 0.0), ([], [])
        for picture in range(60):
            easy = draw.uniform(0.1, 0.9)
            for question in range(3):
                for side, rows in enumerate(runs_of):
                    right = draw.random() < easy + gain * side
                    rows.append(row(f"{picture}-{question}", right, group=picture))
        found = comparison(*runs_of).to_dict()
        held += found["low"] <= gain <= found["high"]
        apart += found["tells_apart"] and not gain
    assert 0.92 <= held / times <= 0.985
    assert apart / (times / 2) <= 0.07
