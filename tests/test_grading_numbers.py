"""What a number says: its sign, its scale, its unit, and what is worked out."""

import pytest
from answers import agrees, listed

SIGNS = {
    "derivative": {
        "right": [
            "答案为-29", "导数是−29", "- 29", "minus twenty-nine", r"-\frac{29}{1}", "负29", "负二十九",
            "答案是 -29。", "h'(2)=−29", "The answer is −29.", "It is - 29.", "negative twenty nine",
            "h′(2)等于-29", "–29", "－29", "所以 h'(2) = -29。", "得-29", "结果：-29", r"\boxed{-29}",
            r"-\boxed{29}", "$-29$", "**-29**", "(-29)", "h'(2) = -8 + (-21) = -29", r"\boxed{−29}",
            r"\boxed{-\frac{58}{2}}", "答案为：−29", "导数值为－29",
        ],
        "wrong": [
            "29", "答案为29", "导数是29", "twenty-nine", "二十九", "+29", r"\frac{29}{1}", r"\boxed{29}",
            "h'(2) = 29",
        ],
        "never right": [
            "--29", "±29", "-(-29)", r"-\boxed{-29}", "|-29|", "29-", "x-29", "minus minus 29", "0 - -29",
            "−−29",
        ],
    },
    "flow": {
        "right": [
            "61", "+61", "输出为61", "It prints +61.",
        ],
        "wrong": [
            "-61", "输出为-61", "minus sixty-one", "负六十一", "−61", "- 61",
        ],
    },
    "recognition": {
        "wrong": [
            "-6", "负6", "minus six",
        ],
        "right": [
            "- 6 pelicans\n- 2 gulls",
        ],
    },
}  # fmt: skip

SCALES = {
    "recognition": {
        "wrong": [
            "600", "six hundred", "6 hundred", "6 thousand", "6 million", "6万", "六百", "6 dozen", "60",
            "0.6", "6 cm", "6%", "sixty",
        ],
        "never right": [
            "6 pairs", "六打", "6k", "6 dozens of pelicans", "dozens", "hundreds of pelicans", "6 kg", "6°",
            "6百", "6 pounds",
        ],
        "right": [
            "6.0", "six", "六只", "Six.", "6只", "有六只", "６", "⑥",
        ],
    },
    "sofa": {
        "right": [
            "3,159,000 cm³", "3 159 000 cm³", "3.159 m³", "3159 L", "3159升", "315万9000立方厘米",
            "315.9万立方厘米", "3.159 million cm³", "3159 thousand cubic centimetres", "3.159×10^6 cm³",
            r"\boxed{3159000} cm³", r"$$ \boxed{3159000} $$ cm³", r"\boxed{3.159}\ \text{m}^3",
            r"$$ \boxed{3159000\ \mathrm{cm}^3} $$", "三百一十五万九千立方厘米", "3,159,000,000 mm³",
            "3159 dm³", "3.159e6 cm3", "3159000立方厘米", "３１５９０００立方厘米", "3159 litres",
            "3'159'000 cm³",
        ],
        "wrong": [
            r"$$ \boxed{3159000} $$ m³", "3159000 m³", r"\boxed{3159000}\ \text{m}^3", "3159 cm³",
            "3159000 L", "3159000 cm²", "3159000 cm", "3159000 kg", "3159000升", r"\boxed{3159000}升",
            "3159万立方厘米", "3.159 million m³", "3159000 mm³", "3159000 yuan",
        ],
        "never right": [
            "3159000 thousand cm³", "3.159.000 cm³", "3159000 cm³ per seat", "3159 k", "3159000 cm^4",
            "3159000 m/s", "315万9千立方米",
        ],
    },
    "invoice": {
        "right": [
            "462.05", "¥462.05", "￥462.05", "462.05元", "RMB 462.05", "CNY 462.05", "462.05 yuan",
            "肆佰陆拾贰元零伍分", "四百六十二元零五分", "462元5分", "462元零5分", "四百六十二点零五元",
            "$462.05$", r"\boxed{462.05}", r"¥\boxed{462.05}", "人民币肆佰陆拾贰元零伍分整", "462.05块钱",
            r"\boxed{462.05\text{元}}", "four hundred sixty-two point zero five yuan", "462.050",
        ],
        "wrong": [
            r"\boxed{\$462.05}", "€462.05", "$462.05", "US$462.05", "462.05 dollars", "462.05美元",
            "£462.05", "462.05 euros", r"\$\boxed{462.05}", r"€\boxed{462.05}", r"\boxed{462.05€}",
            "462.05%", "462.05 cm", "462元5角", "肆佰陆拾贰元伍角", "462.05万元", "462.05 thousand yuan",
            "USD 462.05", "462.5", "4.6205", "46205", "462.05日元", "462.05 cents",
        ],
        "unclear": [
            "462,05", "462,05元", "4.62.05", "462:05", "462.05/7/2",
        ],
    },
    "chart": {
        "right": [
            "86.7", "86.7%", "86.7 %", "86.7 points", "86.7分", "百分之86.7", "86.70", "86.7 percent",
        ],
        "wrong": [
            "0.867", "867", "8.67", "86.7 cm", "86.7‰", "86.7元", "86.7 thousand",
        ],
        "unclear": [
            "86,7", "86.7.1",
        ],
    },
}  # fmt: skip

WORKED_OUT = {
    "recognition": {
        "right": [
            r"\boxed{4 + 2 = 6}", "4 + 2 = 6", r"\boxed{\frac{12}{2}}", r"\boxed{4+2}",
            r"\boxed{\text{6 pelicans}}", r"\boxed{n = 6}", r"\boxed{2 \times 3}", r"\boxed{\sqrt{36}}",
            "4只 + 2只 = 6只", "so 4 + 2 = 6 pelicans",
        ],
        "never right": [
            r"\boxed{6\pi}", r"\boxed{3!}", r"\boxed{6!}", r"\boxed{6^2}", "6^2", "√6", r"\sqrt{6}", "6π",
            "6x", r"\boxed{6}\pi", r"\boxed{6}^2", "6 squared", "6/7", "6×2", "half of 6", "twice 6",
            "double 6", "6的两倍", "6的一半", "6的平方", "twice as many as 6", "3 times 6", "6 times 3",
            "two thirds of 6", r"\frac{1}{2} \times 6", "6½", r"\boxed{10^{10^{10^{10}}}}",
            r"\boxed{99999999!}", r"\boxed{9^{9^9}}", "half a dozen", "the square root of 6", "log 6",
            r"\boxed{\log 6}", r"\boxed{6, 7}", r"\boxed{6;7}", "6 and a half",
        ],
    },
    "derivative": {
        "right": [
            r"\boxed{x = -29}", r"\boxed{h'(2) = -29}", r"\boxed{-8 \cdot 1 + (-3) \cdot 7 = -29}",
            r"\boxed{-8-21}", r"\boxed{-\frac{29}{1}}", r"\boxed{-29.0}",
            r"\boxed{h'(2)=f'(2)g(2)+f(2)g'(2)=-29}",
        ],
        "wrong": [
            r"\boxed{8 + (-14) = -6}", r"\boxed{-8+21}", r"\boxed{29 - 58 = 29}",
        ],
        "never right": [
            r"\boxed{-29\pi}", "-29π", r"\boxed{-29x}", "-8 - 21", r"\boxed{-29 + C}",
            r"\boxed{\frac{-29}{0}}", r"\boxed{f'(2) g(2)}", r"\boxed{-29!}",
        ],
    },
    "flow": {
        "right": [
            r"\boxed{x = 61}", "x = 61", "x=61", r"\boxed{61.0}",
        ],
        "never right": [
            r"\boxed{61 \cdot x}", r"\boxed{x}", "61 mod 7", r"\boxed{61 \bmod 7}",
        ],
    },
    "semicircles": {
        "never right": [
            "7π/2 + 1", r"\boxed{\pi^2}", r"\boxed{99999999!\pi}", r"\boxed{10^{10^{10}}\pi}",
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize(("family", "text", "expected"), listed(SIGNS))
def test_a_sign_is_read_wherever_it_stands(family, text, expected):
    assert agrees(family, text, expected)


@pytest.mark.parametrize(("family", "text", "expected"), listed(SCALES))
def test_scale_and_unit_belong_to_the_number(family, text, expected):
    assert agrees(family, text, expected)


@pytest.mark.parametrize(("family", "text", "expected"), listed(WORKED_OUT))
def test_an_expression_has_the_value_that_it_has(family, text, expected):
    assert agrees(family, text, expected)


@pytest.mark.parametrize(
    "said",
    ["5 out of 6", "4 out of 6 are pelicans", "五六只", r"\boxed{五六}", "六七只", "五六十只", "三五只"],
)
def test_a_part_of_a_number_and_a_range_in_two_digits_are_unclear(said):
    assert agrees("recognition", said, "unclear")
