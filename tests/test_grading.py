r"""The grader: what a right answer may look like, and what must not pass for one."""

import json
from dataclasses import dataclass, field
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qvq_nb.grading.compound import Compound
from qvq_nb.grading.number import Number
from qvq_nb.grading.text import Text
from qvq_nb.grading.values.plain import plain
from qvq_nb.grading.values.quantities import Reader
from qvq_nb.grading.verdict import VERDICT_MIME, check


@dataclass
class Said:
    final: str
    model: str = "some-model"
    stop_reason: str = "end"
    thinking: str = field(default="")


NAMES = ("QwQ-32B-Preview", "MATH 500", "AIME 2024", "GPT-4o")
TARGETS = {
    "recognition": Number("6", accepts=("pelicans", "pelican", "鹈鹕", "只")),
    "invoice": Number("462.05", accepts=("yuan",)),
    "chart": Number("86.7", accepts=("%",), names=NAMES, others=("GPT-4o",)),
    "sofa": Number("3159000", "cm³"),
    "derivative": Number("-29"),
    "chemistry": Compound(
        "iron(II) sulfate, FeSO4",
        "FeSO4",
        ("iron(II) sulfate", "iron (II) sulfate", "ferrous sulfate", "硫酸亚铁"),
        label="E",
    ),
}

RIGHT = {
    "recognition": [
        "6", "6.0", "six", "六只", "6只", "**6**", r"$$ \boxed{6} $$", r"\[ \boxed{\text{6 pelicans}} \]",
        "There are 6 pelicans in this picture.", "There are six pelicans.", "图中一共有六只鹈鹕。",
        "4 + 2 = 6", "There are 6 pelicans: 4 whole and 2 cut off.",
        "There are four whole pelicans and two cut off, six in total.",
        "图中有4只完整的和2只不完整的鹈鹕，一共6只。", "6, not 5", "不是5只，而是6只。",
    ],
    "invoice": [
        "462.05", "¥462.05", "462.05元", "RMB 462.05", "人民币462.05元", r"\boxed{¥462.05}", "$462.05$",
        "The total tax amount on this invoice is 462.05 yuan.", "合计税额为￥462.05",
        "The total tax is 400.00 + 62.05 = 462.05.",
    ],
    "chart": [
        "86.7", "86.7%", "The highest value of QwQ-32B-Preview is 86.7.", "QwQ-32B-Preview 的最高值是 86.7。",
        "The highest value of QwQ-32B-Preview is 86.7 on MATH 500.",
    ],
    "sofa": [
        "3,159,000", "3 159 000 cm³", "3，159，000 立方厘米", "3.159 m³", "3.159 m^3", "3159 litres",
        "3159 L", "3159升", "3.159立方米", "3159 dm³", "3159000立方厘米", "315.9万立方厘米",
        "3.159 million cubic centimeters", r"$3.159 \times 10^6$ cm$^3$", "3.159e6 cm3",
        r"$$ \boxed{3159000\ \text{cubic cm}} $$", r"\boxed{3{,}159{,}000\,\mathrm{cm}^{3}}",
        "3,159,000 cm³ (about 3.16 m³)", "V = 300×90×90 + 90×90×90 = 3,159,000 cubic centimetres", "3159000",
        "3,159,000 cm³, or 3.159 m³",
    ],
    "derivative": [
        "-29", "−29", "–29", "(-29)", "-29.0", "h'(2) = -29", r"$$ \boxed{-29} $$", r"\boxed{h'(2) = -29}",
        r"\boxed{- 29}", "negative 29", "负29", r"\frac{-58}{2}", r"h^{\prime}(2) = -29",
        "At x = 2, h'(2) = -29.", "h'(2) is -29 at x = 2",
        "h'(2) = f'(2)g(2) + f(2)g'(2) = (-8)(1) + (-3)(7) = -8 - 21 = -29",
    ],
    "chemistry": [
        "FeSO4", "FeSO₄", r"\ce{FeSO4}", "FeSO_4", r"\mathrm{FeSO_{4}}", r"$$ \boxed{\text{FeSO}_4} $$",
        r"$\mathrm{Fe}\mathrm{SO}_4$", "iron(II) sulfate", "iron (II) sulphate", "Iron II sulfate",
        "ferrous sulfate solution", "FeSO4(aq)", "FeSO4·7H2O", "滤液E是硫酸亚铁溶液。", "硫酸亚铁（FeSO4）",
        "硫酸铁（Ⅱ）", "FeSO4 (iron(II) sulfate)", "Filtrate E is FeSO4, not CuSO4.", "Not CuSO4 but FeSO4",
        "不是硫酸铜，而是硫酸亚铁", "Filtrate E is iron(II) sulfate, formed from copper sulfate and iron.",
        "滤液E是硫酸亚铁，由硫酸铜与铁反应得到。", "Fe + CuSO4 → FeSO4 + Cu, so filtrate E is FeSO4.",
        "Filtrate E is FeSO4. Residue D is Fe2O3.",
    ],
}  # fmt: skip

WRONG = {
    "recognition": [
        "", "5", "60", "16", "-6", "6 cm", "6%", "5 or 6", "five or 6", "five or six", "五只或六只", "5-6",
        "5, 6", "6、5", "5/6", "between 5 and 6", "maybe 5, maybe 6", "It could be 5. Or it could be 6.",
        r"\boxed{5} or \boxed{6}", "It is not 6", "many", "I see 6 of them.\n\n**Final Answer**\n\n5",
        "**Final Answer**\n\nI cannot tell.",
    ],
    "invoice": [
        "462.5", "462", "46205", "462.05%", "462.05 cm", "462.05 dollars", "4,620.5",
    ],
    "chart": [
        "8.67", "0.867", "32", "QwQ-32B-Preview", "86.7 or 90.6", "86.7 cm",
    ],
    "sofa": [
        "3159000 m³", "3159 cm³", "3159000 cm", "3159000 cm²", "3159000 kg", "3159000 yuan", "3.159",
        "3.16 m³", "4860000", "3888000 cm³", "3159000 or 4860000 cm³", "300 × 90 × 90",
    ],
    "derivative": [
        "29", "-30", "h'(2)", "-8 - 21", "x = 2", "-29 or 29", r"\boxed{29}", "-29 cm", "±29", "--29",
        "__import__('os') or -29 + 0",
    ],
    "chemistry": [
        "iron(III) sulfate", "ferric sulfate", "Fe2(SO4)3", "硫酸铁", "iron sulfate", "copper sulfate",
        "CuSO4", "硫酸铜", "硫酸", "FeCl2", "FeSO3", "iron", "E", "not FeSO4", "It is not FeSO4.",
        "FeSO4 is not the filtrate", "不是硫酸亚铁", "neither FeSO4 nor CuSO4", "FeSO4 and CuSO4",
        "FeSO4, CuSO4", "FeSO4 or Fe2(SO4)3", "硫酸亚铁和硫酸铜", "FeSO4 (iron(III) sulfate)",
        "Filtrate E is FeSO4. It also contains CuSO4.", "ammonium iron(II) sulfate", "硫酸亚铁铵",
    ],
}  # fmt: skip


def pairs(table):
    return [
        pytest.param(family, text, id=f"{family}: {text}")
        for family, texts in table.items()
        for text in texts
    ]


@pytest.mark.parametrize(("family", "text"), pairs(RIGHT))
def test_right_however_it_is_written(family, text):
    verdict = check(TARGETS[family], text)
    assert verdict.ok, verdict.reason


@pytest.mark.parametrize(("family", "text"), pairs(WRONG))
def test_wrong_even_where_the_right_words_occur(family, text):
    verdict = check(TARGETS[family], text)
    assert not verdict.ok
    assert verdict.reason


def test_the_thinking_is_not_read():
    assert not check(TARGETS["derivative"], Said("I do not know.", thinking="It is -29.")).ok


def test_the_reason_tells_a_wrong_unit_from_a_wrong_number():
    assert "unit" in check(TARGETS["sofa"], "3159000 cm²").reason
    assert "4860000" in check(TARGETS["sofa"], "4860000").reason


def test_a_missing_unit_is_accepted_and_said():
    verdict = check(TARGETS["sofa"], "3159000")
    assert verdict.ok and "no unit" in verdict.reason


def test_an_answer_cut_off_within_its_box_is_wrong():
    verdict = check(TARGETS["derivative"], Said(r"\boxed{-29", stop_reason="length"))
    assert not verdict.ok and "cut off" in verdict.reason


def test_the_reason_comes_in_the_language_of_the_case():
    assert "数字" in check(TARGETS["recognition"], "很多", "zh").reason


def test_a_verdict_shows_itself_with_json_text_and_html():
    verdict = check(TARGETS["derivative"], Said("<b>-30</b>"), family="derivative")
    bundle = verdict._repr_mimebundle_()
    verdict = json.loads(json.dumps(bundle[VERDICT_MIME]))
    told = {
        "family": "derivative", "ok": False, "expected": "-29", "got": "-30", "reason": "-30 is not -29.",
        "model": "some-model", "seed": None, "language": "en",
    }  # fmt: skip
    assert told.items() <= verdict.items() and "question" in verdict
    assert {"text/plain", "text/html"} <= set(bundle)


def test_a_verdict_escapes_what_the_model_wrote():
    page = check(TARGETS["recognition"], "<script>five</script> or 6")._repr_mimebundle_()["text/html"]
    assert "<script" not in page


def first(text):
    return Reader().quantities(plain(text))[0].value


@given(st.integers(-(10**12), 10**12))
def test_any_whole_number_is_read_with_and_without_separators(number):
    assert first(str(number)) == first(f"{number:,}") == first(f"{number:,}".replace(",", " ")) == number
    assert first(f"$$ \\boxed{{{number:,}}} $$".replace(",", "{,}")) == number


@given(st.decimals(-(10**6), 10**6, places=3))
def test_any_decimal_is_read_exactly(number):
    assert first(f"= {number:f}") == Fraction(number)
    assert first(f"x is {number:f} m³") == Fraction(number)


@given(st.integers(-999, 999), st.integers(1, 999))
def test_any_fraction_is_read_exactly(above, below):
    assert first(rf"\frac{{{above}}}{{{below}}}") == Fraction(above, below)


@given(st.text())
def test_no_text_breaks_the_grader(text):
    for target in (*TARGETS.values(), Number("13", "%"), Text("copper")):
        assert check(target, text).ok in (True, False)


@given(st.decimals(-(10**6), 10**6, places=2), st.decimals(-(10**6), 10**6, places=2))
def test_two_candidates_are_never_right(one, other):
    if one != other:
        assert not check(Number(str(one), accepts=("yuan",)), f"{one} or {other}").ok


@pytest.mark.parametrize(("target", "expected", "right", "wrong"), [
    (Number("13", "%"), "13%", "$$ \\boxed{13\\%} $$", "$$ \\boxed{3\\%} $$"),
    (Number("246.87", accepts=("yuan",)), "246.87", "\\boxed{246.87}", "\\boxed{24.687}"),
    (Number("90", "cm"), "90 cm", "\\boxed{90\\ \\text{cm}}", "\\boxed{190\\ \\text{cm}}"),
    (Number("90", "cm"), "90 cm", "The sofa is 90 cm high.", "\\boxed{90\\ \\text{cm}^2}"),
    (Number("34200", "cm²"), "34200 cm²", "\\boxed{34200\\ \\text{cm}^2}", "\\boxed{342}"),
    (Number("-11"), "-11", "\\boxed{-11}", "\\boxed{11}"),
    (Text("copper"), "copper", "\\boxed{\\text{copper}}", "\\boxed{\\text{iron}}"),
    (Text("copper"), "copper", "Copper.", "copper or iron"),
    (Text("硝酸铵"), "硝酸铵", "硝酸铵。", "硫酸铵。"),
])  # fmt: skip
def test_a_target_grades_itself_and_says_what_it_expects(target, expected, right, wrong):
    assert target.expected == expected
    assert check(target, Said(right)).ok and not check(target, Said(wrong)).ok
    assert check(target, Said(wrong)).reason


def test_a_refusal_is_wrong_whatever_is_asked():
    for target in TARGETS.values():
        verdict = check(target, Said(target.expected, stop_reason="refused"))
        assert not verdict.ok and "refused" in verdict.reason
