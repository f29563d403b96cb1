"""Wide invoices that are to be checked: whether their lines add up, what they come to, and its grading."""

from fractions import Fraction
from random import Random

import pytest

from qvq_nb.cases import LANGUAGES, facts_and_style, family_module
from qvq_nb.cases.follow_up import follow_up

SEEDS = range(200)
invoice = family_module("invoice")


@pytest.fixture(scope="module")
def checked():
    drawn = [facts_and_style("invoice", seed, wide=True) for seed in SEEDS]
    return [(facts, style) for facts, style in drawn if "form" in facts]


def written(canvas, key: str) -> Fraction:
    return Fraction("".join(glyph.character for glyph in canvas.places[key]).strip("¥"))


def test_yes_or_no_and_the_sum_are_what_the_drawn_lines_and_the_drawn_total_give(checked):
    for facts, style in checked:
        canvas = invoice.draw(facts, style, "en")
        taxes = [written(canvas, f"tax {index}") for index in range(len(facts["lines"]))]
        amounts = [written(canvas, f"amount {index}") for index in range(len(facts["lines"]))]
        said, added = facts["answer"].split(", ")
        assert Fraction(added) == sum(taxes) and (said == "yes") == (
            sum(taxes) == written(canvas, "total tax")
        )
        assert written(canvas, "total amount") == sum(amounts)
        rates = [Fraction(line["rate"], 100) for line in facts["lines"]]
        assert all(
            abs(tax - amount * rate) <= Fraction(1, 200) for tax, amount, rate in zip(taxes, amounts, rates)
        )


def test_only_an_invoice_that_is_to_be_checked_may_be_wrong_and_some_but_not_all_of_these_are(checked):
    assert 40 < len(checked) < 80
    wrong = [facts for facts, _ in checked if not invoice.adds_up(facts)]
    assert 0.4 * len(checked) < len(wrong) < 0.8 * len(checked)
    off = [Fraction(facts["total_tax"]) - Fraction(facts["sum"]) for facts in wrong]
    assert min(off) < 0 < max(off) and len({len(facts["total_tax"]) for facts in wrong}) > 3
    easy = [facts_and_style("invoice", seed)[0] for seed in SEEDS]
    assert not [facts for facts in easy if "form" in facts or not invoice.adds_up(facts)]


def test_two_invoices_that_are_compared_add_up():
    for seed in SEEDS:
        facts = facts_and_style("compare", seed, wide=True)[0]
        assert all(map(invoice.adds_up, facts.get("invoices", ())))


def facts_of(printed: str) -> dict:
    """The canonical invoice, to be checked, with this total printed."""
    answer = f"{'yes' if printed == '462.05' else 'no'}, 462.05"
    return {**invoice.CANONICAL, "form": "checked", "sum": "462.05", "total_tax": printed, "answer": answer}


@pytest.mark.parametrize(
    "answer",
    [
        "no, 462.05", r"\boxed{no, 462.05}", r"\boxed{\text{No}, 462.05}", "No, the sum is 462.05 yuan.",
        r"\boxed{否, 462.05}", "否，462.05", "不相等，加起来是462.05元。", r"\boxed{\text{否}，462.05元}",
        "The lines have 246.87, 188.50 and 26.68.\n\n**Final Answer**\n\n\\boxed{no, 462.05}",
    ],
)  # fmt: skip
def test_a_total_that_is_wrong_is_called_wrong_in_every_form(answer):
    for language in LANGUAGES:
        assert invoice.target(facts_of("426.05"), language).grade(answer, language).ok, answer
        right = invoice.target(facts_of("462.05"), language)
        assert not right.grade(answer, language).ok
        yes = answer.replace("不相等", "相等").replace("否", "是").replace("no", "yes").replace("No", "Yes")
        assert right.grade(yes, language).ok, yes


@pytest.mark.parametrize(
    "answer, outcome",
    [
        (r"\boxed{yes, 462.05}", "wrong"),
        (r"\boxed{no, 426.05}", "wrong"),
        (r"\boxed{no, 460}", "wrong"),
        (r"\boxed{no}", "unclear"),
        (r"\boxed{462.05}", "unclear"),
        (r"\boxed{yes or no, 462.05}", "unclear"),
        ("I cannot read it.", "unclear"),
    ],
)
def test_one_part_alone_does_not_do_and_a_wrong_part_is_wrong(answer, outcome):
    for language in LANGUAGES:
        assert invoice.target(facts_of("426.05"), language).grade(answer, language).outcome == outcome, answer


def test_whoever_gives_the_printed_total_for_the_sum_is_told_so_and_the_other_way_round():
    facts = facts_of("426.05")
    whole = invoice.target(facts, "en").grade(r"\boxed{no, 426.05}", "en")
    assert "printed total" in whole.reason
    for kind, truth, slip, told in (
        ("sum", "462.05", "426.05", "打印的合计"),
        ("print", "426.05", "462.05", "各行之和"),
    ):
        target = invoice.follow_up(kind, facts, "zh", Random(0))[2]
        assert target.grade(truth, "zh").ok and told in target.grade(slip, "zh").reason


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sum_and_the_print_are_asked_for_only_where_they_may_differ(language, checked):
    def kinds(facts):
        return {follow_up("invoice", facts, language, Random(number)).kind for number in range(60)}

    for facts, _ in checked[:20]:
        assert kinds(facts) == {*invoice.FOLLOW_UPS, "sum", "print"}
        for kind, truth in (("sum", facts["sum"]), ("print", facts["total_tax"])):
            assert invoice.follow_up(kind, facts, language, Random(0))[2].expected == truth
    assert kinds(invoice.CANONICAL) == set(invoice.FOLLOW_UPS)
