"""Amounts, values, shares and multiples of π in the words of many learners."""

import pytest
from answers import agrees, listed

ANSWERS = {
    "invoice": {
        "right": [
            "The total tax (税额合计) is ¥462.05.", "**Total tax amount:** ¥462.05", "Answer: 462.05 yuan",
            "The VAT on this invoice adds up to ¥462.05.", "税额共计 462.05 元。",
            "答：税额合计是462.05元。", "发票显示，合计税额为￥462.05（人民币）。",
            "合计税额：肆佰陆拾贰元零伍分。", "I read 462.05 in the tax column at the bottom.",
            "Total tax = ¥ 462.05", "It's 462.05 yuan in total.",
            "| item | value |\n|---|---|\n| total tax | 462.05 |", r"The total tax is $\boxed{¥462.05}$.",
            r"\boxed{462.05\ \text{CNY}}", "**¥462.05**", "462.05元（四百六十二元零五分）",
            "The answer is 462.05, found in the lower right corner of the table.", "Tax in total: ¥462.05",
            "合计税额为人民币462.05元。", "The invoice lists a tax total of 462.05 yuan.",
            "That makes 462.05 yuan of tax.",
        ],
        "never right": [
            "The total without tax is 462.05.", "462.05 is the price, the tax is 60.07.",
            "Tax 60.07, price 462.05", "不含税金额462.05元", "税额60.07元，金额462.05元。",
            "462.05 yuan is the amount before tax.", "462.05 dollars", "462.05, give or take",
            "It should have been 462.05 but the invoice says 426.05.", "426.05", "46205 yuan",
            "4.6205万元 ", "462.05 was last month's tax.", r"\boxed{\text{€}462.05}",
            "at the very least 462.05 yuan", "462.05元不对", "The tax is 462.05 per unit.",
            "462.05 yuan including tax", "Tax-free amount: 462.05", "462.05 yuan too little",
            "税前462.05元", "462.05 is the sum of the prices",
        ],
        "unclear": [
            "The tax is 400.00 and 62.05.", "462.05 or 426.05", "I can't read the tax.", "看不清税额。",
        ],
    },
    "chart": {
        "right": [
            "**86.7**", "Answer: 86.7", "The highest bar for QwQ-32B-Preview is at 86.7.", "答：86.7。",
            "QwQ-32B-Preview 的最高值为 **86.7**。", "86.7 is the highest value of QwQ-32B-Preview.",
            "The maximum score QwQ-32B-Preview achieves is 86.7.", r"$\boxed{86.7}$",
            "Of its bars, the one for MATH-500 is the tallest, at 86.7.", "八十六点七", "最高分是 86.7 %。",
            "QwQ-32B-Preview peaks at 86.7.", "Its maximum is eighty-six point seven.",
            "The top value of QwQ-32B-Preview is 86.7 points.", "QwQ-32B-Preview: 86.7", "最高的一项是86.7",
            "Among its values, 86.7 is the largest.",
        ],
        "never right": [
            "GPT-4o peaks at 86.7 while QwQ-32B-Preview peaks at 78.3.", "86.7 is the value of Claude-3.5.",
            "Below 86.7", "It falls short of 86.7", "86.7 is the average, the highest is 90.6.",
            "QwQ-32B-Preview is beaten by GPT-4o's 86.7", "lowest: 86.7", "The lowest value is 86.7.",
            "接近86.7", "GPT-4o 为 86.7，QwQ-32B-Preview 为 50.0。", "86.7 and 50.0",
            "Claude-3.5 86.7, QwQ-32B-Preview 65", "86.7 is the second highest value",
            "The smallest is 86.7", "QwQ-32B-Preview的平均值是86.7",
        ],
        "unclear": [
            "It has several bars.", "50.0, 86.7, 54.5", "没有数值。",
        ],
    },
    "derivative": {
        "right": [
            "**-29**", "Answer: h'(2) = -29.", "答：h'(2) = -29。",
            "h'(2) = f'(2)g(2) + f(2)g'(2) = (-8)(1) + (-3)(7) = -29",
            "By the product rule we get minus 29.", "The derivative of h at 2 equals −29.",
            "所以，h'(2)=-29", r"$h'(2) = -8 \cdot 1 + (-3) \cdot 7 = -29$", r"\[ h'(2) = \boxed{-29} \]",
            "Final answer: **−29**", "h在2处的导数为−29。", "The answer is -29 since -8 - 21 = -29.",
            "negative 29", "h'(2)=-29.0",
            "Using the product rule,\n\nh'(2) = (-8)(1) + (-3)(7)\n\n= -8 - 21\n\n= -29", "h′(2) = −29",
            "f'(2) = -8 and g'(2) = 7, so h'(2) = -29.",
            "Since f'(2) = -8, g(2) = 1, f(2) = -3, g'(2) = 7, h'(2) = -29.", r"h'(2) = \boxed{-29}.",
            "该点导数 h'(2) 的值是 -29。",
        ],
        "never right": [
            "h(2) = -29", "f'(2) = -29", "h'(3) = -29", "The derivative is 29 with the sign dropped",
            "-29 is what you get with the wrong sign; the right value is 13.", "h'(2) < -29",
            "h'(2) = -29x", "-(-29)", "h'(2) = -8 + 21 = 13, not -29", "g'(2) = -29", "h''(2) = -29",
            "-29 if g(2) = 1, else 13", "-8 - 21", "负29以下", r"\boxed{h'(2) > -29}",
            r"\boxed{f'(2) = -29}", "g(2) is -29", "f'(2)是-29", "h'(2) = 29, f(2) = -29", "h'(1) = -29",
            "h'(-2) = -29",
        ],
        "unclear": [
            "f'(2)g(2) + f(2)g'(2)", "-8 and -21", "use the product rule",
        ],
    },
    "rectangle": {
        "right": [
            "**3/10**", "Answer: 3/10", "The probability is 0.3.", "P = 3/10", "概率为 3/10。", "答：0.3",
            r"$\frac{3}{10}$", r"\boxed{\dfrac{3}{10}}", "30%", "three tenths", "十分之三", "3 out of 10",
            "The triangle covers 3/10 of the rectangle.", "The area ratio is 6/20 = 3/10.", r"\boxed{0.3}",
            "The probability is 3/10 (or 0.3).", "百分之三十", "The probability equals three tenths.",
            "It is 3 in 10.", "概率是十分之三。",
        ],
        "never right": [
            "7/10", "less than 3/10", "1 - 3/10 = 7/10", "not 3/10", "3:7", "0.3%", "3 or 10", "13/10",
            "3/10 or 3/5", "不到3/10", r"\boxed{\frac{10}{3}}", r"\boxed{30}", "at most 0.3",
            "The probability of missing it is 3/10.", "十分之七", "seven tenths", "3 tens",
            "The probability that it lies outside is 3/10.",
        ],
    },
    "semicircles": {
        "right": [
            "**3π**", "3π", "Answer: 3π", "The integral is 3π.", "答：3π", "积分值为3π。", r"$3\pi$",
            r"\boxed{3\pi}", r"The integral equals $\boxed{3\pi}$.", "3 pi", "3*pi", "3·π", "π·3",
            "3π ≈ 9.42", "∫f = 3π", r"所以积分等于 $3\pi$。", "The signed areas add up to 3π.",
            "The answer is 3π, because semicircles below the axis count negatively.", r"\frac{6\pi}{2}",
            r"$$\int_0^{12} f(x)\,dx = 3\pi$$", "The result is 3π.", "3π square units", "积分结果是3π",
            "6π/2 = 3π",
        ],
        "never right": [
            "3", "-3π", "3π²", "π/3", "more than 3π", "3π or -3π", "not 3π", "9", "3π + 1", "about 3",
            r"\boxed{-3\pi}", r"\boxed{3}", "|3π - 6π|", "3π wrong", "小于3π", "3π/2", "2 × 3π", "3π^3",
            "3π cm", r"\boxed{3\pi \text{ or } 5\pi}", "3π m", "-3 pi", "minus three pi", "3π plus 1",
            "thirty pi", "三十π",
        ],
        "unclear": [
            "2π, π",
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize(("family", "text", "expected"), listed(ANSWERS))
def test_a_value_is_read_as_it_is_meant(family, text, expected):
    assert agrees(family, text, expected)
