"""A right number that is said of something else: a part of the thing, the box around it, another function."""

import pytest
from answers import agrees, listed

ANSWERS = {
    "sofa": {
        "right": [
            "The volume of the L-shaped sofa is 3159000 cm³.", "这个沙发的体积是3159000立方厘米。",
            "The whole sofa takes up 3159000 cm³.", "沙发整体的体积为 3159000 cm³。",
        ],
        "never right": [
            "The armrest has a volume of 3159000 cm³", "The box around it has 3159000 cm³, the sofa less.",
            "Each cushion is 3159000 cm³.", "3159000 cm³ for the seat alone", "扶手的体积是3159000立方厘米。",
            "外框的体积是3159000立方厘米。", "The room holds 3159000 cm³.", "The backrest: 3159000 cm³",
        ],
    },
    "rectangle": {
        "right": ["The probability that the point lies in triangle ABO is 3/10.", "3/10 of the rectangle"],
        "never right": ["3/10 of the triangle", "三角形的十分之三", "It misses with probability 3/10."],
    },
    "derivative": {
        "right": ["(fg)'(2) = -29", "h'(2) = -29"],
        "never right": ["(fg)(2) = -29", "(fg)(2) is -29.", r"\boxed{(fg)(2) = -29}"],
    },
    "semicircles": {
        "right": ["The integral is 3π.", "积分等于 3π。"],
        "never right": [
            "3π is the area above the axis only", "Only above the axis: 3π", "轴上方的面积是 3π。",
            "3π, the part below the x-axis alone", r"\boxed{3\pi \text{ above the axis only}}",
        ],
    },
    "meiosis": {"right": ["A", "The answer is A."], "never right": ["A is for cheaters", "A is for apple."]},
}  # fmt: skip


@pytest.mark.parametrize("family, text, expected", listed(ANSWERS))
def test_a_value_of_something_else_is_no_answer(family, text, expected):
    assert agrees(family, text, expected)
