"""Two invoices or charts: which has more, and how much more; and the grading of answers in several parts."""

from decimal import ROUND_HALF_UP, Decimal

import pytest

from qvq_nb.cases import LANGUAGES, case, facts_and_style, family_module
from qvq_nb.grading.number import Number
from qvq_nb.grading.several import Several
from qvq_nb.grading.text import Text
from qvq_nb.grading.verdict import check

SEEDS = range(200)
CANONICAL = case("compare")


def tax_of(invoice: dict) -> Decimal:
    """The tax summed over all lines, each worked out again from its amount and rate."""
    return sum(
        (Decimal(line["amount"]) * line["rate"] / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        for line in invoice["lines"]
    )


@pytest.mark.parametrize("wide", [False, True])
def test_the_truth_is_what_the_lines_of_both_invoices_sum_up_to(wide):
    seen, charts = set(), 0
    for seed in SEEDS if wide else (None, *SEEDS):
        facts, _ = facts_and_style("compare", seed, wide=wide)
        charts += "charts" in facts
        if "charts" in facts:
            continue
        taxes = [tax_of(invoice) for invoice in facts["invoices"]]
        which = 1 + taxes.index(max(taxes))
        assert taxes[0] != taxes[1] and facts["which"] == which, seed
        assert facts["answer"] == f"{which}, {max(taxes) - min(taxes)}", seed
        assert facts["invoices"][0]["lines"] != facts["invoices"][1]["lines"], seed
        seen.add(which)
    assert seen == {1, 2} and (70 < charts < 130) == wide


def highest_in_the_picture(facts: dict, canvas) -> float:
    """The highest value of a chart as it is drawn: by the printed texts, or by the axis' labels."""

    def written(key):
        return float("".join(glyph.character for glyph in canvas.places[key]))

    def place(key):
        places = [glyph.x if facts["lying"] else -glyph.y for glyph in canvas.places[key]]
        return (min(places) + max(places)) / 2

    bars = [key for key in canvas.places if key.startswith("value")]
    if facts["printed"]:
        return max(map(written, bars))
    labels = [key for key in canvas.places if key.startswith("axis")]
    low, high = labels[0], labels[-1]
    share = (max(map(place, bars)) - place(low)) / (place(high) - place(low))
    return share * (written(high) - written(low))


def test_the_truth_about_two_charts_is_what_their_drawings_show_and_never_in_doubt():
    seen = set()
    for seed in SEEDS:
        facts, style = facts_and_style("compare", seed, wide=True)
        if "charts" not in facts:
            continue
        drawn = zip(facts["charts"], family_module("compare").draw(facts, style, "en"))
        first, second = (highest_in_the_picture(one, canvas) for one, canvas in drawn)
        target = family_module("compare").target(facts, "en")
        which = 1 if first > second else 2
        assert target.grade(f"{which}, {abs(first - second):.3f}", "en").ok, seed
        assert not target.grade(f"{3 - which}, {abs(first - second):.3f}", "en").ok, seed
        slack = float(target.parts[1][1].tolerance)
        assert abs(first - second) > slack and (slack == 0) == facts["charts"][0]["printed"]
        assert not target.grade(f"{which}, {abs(first - second) + 1.2 * slack + 0.05:.3f}", "en").ok, seed
        forms = {tuple(one[name] for name in ("stacked", "lying", "printed")) for one in facts["charts"]}
        assert len(forms) == 1
        seen |= {(which, *forms)}
    assert len(seen) == 8


@pytest.mark.parametrize(
    "answer",
    [
        "{}, 12.5", r"\boxed{{{}, 12.5}}", r"\boxed{{\text{{chart {}}}, 12.5}}",
        "Chart {} has the higher highest value, 12.5 more.", "第{}张图表的最高值更高，高12.5。",
        r"\boxed{{图{}，12.5}}",
    ],
)  # fmt: skip
def test_a_chart_is_known_by_its_number(answer):
    one, other = chart_with("62.5"), chart_with("50.0")
    for facts, right in (
        ({"charts": [one, other], "which": 1}, 1),
        ({"charts": [other, one], "which": 2}, 2),
    ):
        target = family_module("compare").target({**facts, "more": "12.5"}, "en")
        assert target.grade(answer.format(right), "en").ok
        assert target.grade(answer.format(3 - right), "en").outcome == "wrong"


def chart_with(value: str) -> dict:
    return {"values": {"Zoral-7B": [value, "9.0"]}, "benchmarks": ["GPQA", "MATH"], "printed": True}


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_seed_draws_two_pictures_that_show_the_totals_of_their_invoices(language):
    for seed in SEEDS:
        facts, style = facts_and_style("compare", seed, wide=seed % 2 == 1)
        drawn = family_module("compare").draw(facts, style, language)
        assert len(drawn) == 2
        for canvas, invoice in zip(drawn, facts.get("invoices", ())):
            assert invoice["total_tax"] in "".join(glyph.character for glyph in canvas.glyphs), seed


@pytest.mark.parametrize(
    "answer",
    [
        "2, 274.55", "2,274.55", "2; 274.55", "2、274.55", "2，274.55", "Second and 274.55 yuan",
        r"\boxed{2, 274.55}", r"\boxed{2,274.55}", r"\boxed{\text{invoice 2},\ 274.55}",
        r"\boxed{2 \text{ and } 274.55}", "\\boxed{2\n274.55}", r"\boxed{2 \\ 274.55}",
        r"\boxed{\text{the second}, ¥274.55}", r"\boxed{第二张，274.55元}", r"\boxed{第2张, 274.55}",
        "The second invoice has more tax, 274.55 yuan more.", "Invoice 2 has more tax, and 274.55 more.",
        "Their taxes are 187.50 and 462.05.\n\nThe second, 274.55.", "第二张发票的税额更高，高274.55元。",
        "第1张是187.50元。\n\n第2张的税额更高，高274.55元。",
    ],
)  # fmt: skip
def test_both_parts_right_are_right_however_separated(answer):
    assert CANONICAL.check(answer).outcome == "right", CANONICAL.check(answer)


@pytest.mark.parametrize(
    "answer, named",
    [
        (r"\boxed{1, 274.55}", "which invoice"),
        (r"\boxed{the first, 274.55}", "which invoice"),
        ("第一张发票的税额更高，高274.55元。", "which invoice"),
        (r"\boxed{2, 274.50}", "how much more"),
        (r"\boxed{2, 462.05}", "how much more"),
        (r"\boxed{2, -274.55}", "how much more"),
        (r"\boxed{274.55, 2}", "how much more"),
        ("The first draft said \\boxed{2, 274.55}.\n\nIt is \\boxed{2, 187.50}", "how much more"),
    ],
)
def test_the_reason_names_the_part_that_is_wrong(answer, named):
    verdict = CANONICAL.check(answer)
    assert verdict.outcome == "wrong" and verdict.reason.startswith(f"{named}: "), verdict


@pytest.mark.parametrize(
    "answer",
    [
        r"The first draft said \boxed{2, 274.55}, but it is \boxed{2, 187.50}",
        "Their taxes are 187.50 and 462.05. The second, 274.55.",
        "2", "274.55", r"\boxed{274.55}", r"\boxed{2}",
        r"\boxed{187.50, 462.05, 274.55}", r"\boxed{}", "I cannot read the invoices.",
        "Invoice 1 or invoice 2, 274.55 yuan.", "Not invoice 1, 274.55 yuan.", "不是第一张，高274.55元。",
    ],
)  # fmt: skip
def test_what_does_not_give_both_parts_is_unclear(answer):
    assert CANONICAL.check(answer).outcome == "unclear", CANONICAL.check(answer)


def test_an_unclear_answer_is_told_how_to_write_it():
    assert r"\boxed{2, 13.50}" in CANONICAL.check("274.55").reason
    assert r"\boxed{2, 13.50}" in case("compare", language="zh").check("274.55").reason


@pytest.mark.parametrize(
    "said", ["2, 12,345.60", "2,12,345.60", "2、12,345.60元", "2 and 12,345.60", "2, 12345.60", "2,345.60"]
)
def test_a_comma_within_a_thousand_separates_parts_only_where_one_is_missing(said):
    truth = "345.60" if said == "2,345.60" else "12345.60"
    target = Several((("which", Text("2")), ("how much", Number(truth, accepts=("yuan",)))))
    assert check(target, rf"\boxed{{{said}}}").ok


@pytest.mark.parametrize("said", ["fox", "The fox.", r"\boxed{\text{a Fox}}", "狐狸", "red fox"])
def test_a_name_may_have_synonyms(said):
    assert check(Text("fox", accepts=("red fox", "狐狸")), said).ok
    assert check(Text("wolf", accepts=("grey wolf", "狼")), said).outcome == "wrong"


def test_any_text_is_graded_in_linear_time():
    for text in ("2, " * 40_000, "\\boxed{" * 400, "1\n" * 40_000, "和" * 40_000, "2 and " * 20_000):
        assert CANONICAL.check(text).outcome in ("unclear", "wrong")
