"""What a number may be held against: a tolerance, slips by name, places in a row, shares, other measures."""

from pathlib import Path

import pytest

from qvq_nb.grading.number import Number
from qvq_nb.grading.verdict import check

NEAR = Number("12.5", "m", tolerance="0.2")
SLIP = Number("12.5", "m", slips=(("50", "The friction has the wrong sign.", "摩擦力的方向弄反了。"),))
CELL = Number("3", accepts=("cell", "号", "格"), place=True)
SHARE = Number("3/10")
HEIGHT = Number("90", "cm")
AREA = Number("34200", "cm²")


@pytest.mark.parametrize(
    "said", ["12.5 m", "12.4 m", "12.7 m", "about 12.5 m", "1250 cm", r"\boxed{12.6\text{ m}}", "约12.5米"]
)
def test_within_the_tolerance_is_right(said):
    assert check(NEAR, said).ok


@pytest.mark.parametrize("said", ["12.8 m", "12.2 m", "12.5 cm", "12.5 kg", "more than 12.5 m", "-12.5 m"])
def test_beyond_the_tolerance_or_in_another_unit_is_not(said):
    assert not check(NEAR, said).ok


def test_without_a_tolerance_a_rough_value_is_unclear():
    assert check(HEIGHT, "about 90 cm").outcome == "unclear"


def test_a_slip_is_wrong_and_is_named_in_the_language_of_the_reader():
    assert check(SLIP, r"\boxed{50\text{ m}}").reason == "The friction has the wrong sign."
    assert check(SLIP, "50 米", "zh").reason == "摩擦力的方向弄反了。"
    assert check(SLIP, "50 m").outcome == "wrong" and "is not" in check(SLIP, "51 m").reason


@pytest.mark.parametrize(
    "said",
    [
        "3",
        "the third cell",
        "The ball is in the third cell.",
        "3rd",
        "第三格",
        "第3格",
        "3号",
        "cell 3",
        r"\boxed{3}",
    ],
)
def test_a_place_is_read_as_a_number_and_as_a_place(said):
    assert check(CELL, said).ok


@pytest.mark.parametrize(
    "said",
    ["the fourth cell", "第四格", "cell 4", "third or fourth", "not the third cell", "3 balls", "不是第三格"],
)
def test_another_place_is_not_right(said):
    assert not check(CELL, said).ok


def test_a_place_is_no_count():
    assert not check(Number("3", accepts=("ball", "balls", "个")), "the third ball").ok


@pytest.mark.parametrize(
    "said",
    [
        "3/10",
        "0.3",
        r"\frac{3}{10}",
        r"\boxed{\frac{3}{10}}",
        "30%",
        "30 %",
        "6/20",
        r"\boxed{0.30}",
        "百分之三十",
        "The probability is 3/10.",
        "概率是3/10。",
        r"\boxed{P = \frac{3}{10}}",
    ],
)
def test_a_share_is_right_as_a_fraction_a_decimal_and_per_cent(said):
    assert check(SHARE, said).ok


@pytest.mark.parametrize(
    "said",
    ["3", "10/3", "0.03", "30", "3%", "-3/10", "3/10 or 1/3", "3 in 10 or more", "30 cm", "1 - 3/10", "3:10"],
)
def test_another_share_is_not(said):
    assert not check(SHARE, said).ok


def test_per_cent_is_no_share_where_whole_numbers_are_asked():
    assert not check(Number("6"), "600%").ok


@pytest.mark.parametrize(
    ("target", "right", "wrong"),
    [
        (HEIGHT, "0.9 m", "0.9 cm"), (HEIGHT, "900 mm", "90 m"),
        (HEIGHT, "9 dm", "90 cm²"), (AREA, "3.42 m²", "34200 m²"),
        (AREA, "342 dm²", "34200 cm"), (AREA, "3420000 mm²", "34200 cm³"),
    ],
)  # fmt: skip
def test_lengths_and_areas_are_converted(target, right, wrong):
    assert check(target, right).ok and not check(target, wrong).ok


def test_the_words_that_deny_stand_in_one_place():
    folder = Path(__file__).resolve().parent.parent / "qvq_nb" / "grading"
    reading = [
        *folder.glob("*.py"),
        *folder.glob("values/*.py"),
    ]  # forms have such words in their own sentences
    naming = {file.name for file in reading if "不是" in file.read_text("utf-8")}
    assert naming == {"words.py", "sentences.py"}
