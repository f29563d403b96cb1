"""The rule: a box decides alone; without one just one value of the asked kind, neither denied nor bounded."""

import pytest
from answers import agrees, listed

DENIED_OR_BOUNDED = {
    "recognition": {
        "never right": [
            "more than 6", "at least 6", r"\boxed{\neq 6}", "不到6只", "6, no wait, 5", "6 ducks",
            "It is not 6", "not six", "isn't 6", "up to 6", "over 6", "fewer than 6", "at most 6",
            "under 6", "nearly 6", "almost 6 pelicans", "about 6", "around six", "approximately 6",
            "roughly 6 pelicans", "6 or more", "6 or so", "6+", "> 6", "< 6 pelicans", "≥ 6", "≤6",
            r"\boxed{>6}", r"\boxed{\geq 6}", r"\boxed{6?}", r"\boxed{\approx 6}", r"\boxed{\text{not } 6}",
            r"\boxed{6 \text{ or } 7}", r"\boxed{\text{at least } 6}",
            r"The answer is not $$ \boxed{6} $$ but 7", r"It is not \boxed{6}.", r"\boxed{6} is wrong.",
            r"More than \boxed{6}", r"\boxed{6}? No: 7.", r"\boxed{6} or 7",
            r"\boxed{6}. Wait, that is wrong: 5.", r"At least $\boxed{6}$.", r"\boxed{5} or \boxed{6}",
            r"\boxed{6} \boxed{7}", r"not \boxed{6}", r"\boxed{6} at least",
            r"I'm not sure, maybe \boxed{6}", r"probably \boxed{6}", r"**Not** $\boxed{6}$",
            r"\boxed{6} ducks", r"\boxed{6}\text{ ducks}", r"Somebody said \boxed{6}.", "6?", "Is it 6?",
            "maybe 6", "perhaps 6", "possibly 6", "probably 6", "It could be 6.", "There might be 6.",
            "6 or 7", "5 to 6", "5-6", "between 6 and 8", "either 6 or 5", "six or seven",
            "If I count the cut ones, 6.", "6 would be wrong", "6 is wrong", "6 is incorrect",
            "6 is not right", "The wrong answer is 6.", "Some say 6, I say 5", "My friend claims 6.",
            "He said 6.", "At first I counted 6.", "Initially 6.", "6, sorry, 7", "6. Correction: 7",
            "6. No, 5.", "Not 5 or 6", "neither 5 nor 6", "all but 6", "anything except 6",
            "6 is impossible", "I can't see 6.", "I doubt it is 6, no.", "no 6",
            "There are never 6 pelicans.", "The number of ducks is 6.", "ducks: 6", "6 gulls", "6 birds",
            "gulls: 6", "6 pelican eggs", "6 pelican chicks", "6 people", "Picture 6", "step 6", "6th",
            "the sixth pelican", "~~6~~", "~~6~~ 5", "<s>6</s> or 5", "6 minus 1", "6 plus 1",
            "6 is too high; it is lower than that", "exactly 6 gulls", "6 pelicans and 7 pelicans",
            "I see 6 here and 7 there", "many", "", "I do not know", "不是6只", "至少6只", "超过6只",
            "最多6只", "大约6只", "6只左右", "6只以上", "可能是6只", "6只或7只", "也许6只", "不止6只",
            "将近6只", "6只吗？", "并非6只", "6只？", "6不对", "6是错的", "排除6", "少于6只", "六只不到",
            "6只鸭子", "海鸥有6只", "不是六只，是五只或七只", "6，等等，5", "6，不对，是5", "起初我数到6只",
            "大概六只", "5到6只", "五六只", "6多只", "如果算上残缺的，6只", "鸭子：6", "除了6只", "没有6只",
            "≠6", "6只鹈鹕的一半", "未必是6只", "有人说是6只", "约6只", r"不是\boxed{6}", r"\boxed{不是6}",
            r"\boxed{6}不对", r"至少\boxed{6}只",
        ],
        "right": [
            "6, not 5", "6 rather than 5", "not 5 but 6", "6 instead of 5", "不是5只，而是6只",
            "6只，而不是5只", r"It is not 5. \boxed{6}", r"It is not 5, it is \boxed{6}.",
            r"\boxed{6}, not 5", r"\boxed{6} and not 5", "It isn't 5, it's 6.",
        ],
        "wrong": [
            "5, not 6", "5 rather than 6", "not 6 but 5", "不是6只，而是5只", "5 instead of 6",
            r"It is not 6. \boxed{5}", r"\boxed{5}, not 6", "5",
        ],
    },
    "invoice": {
        "never right": [
            "462.05? No: 460.", "The total is 4255.72, of which tax is 462.05.", "more than 462.05",
            "462.05 or 460", "about 462.05 yuan", "less than 462.05 yuan", "不是462.05元", "至少462.05元",
            "约462.05元", "462.05元以上", "462.05 is the wrong amount", "462.05 plus 10",
            "between 462.05 and 470", "≈462.05", "tax: 462.05, total: 4255.72",
            "税额462.05元，价税合计4255.72元", "462.05 minus 1", "twice 462.05", r"\boxed{\approx 462.05}",
        ],
    },
    "chart": {
        "never right": [
            "GPT-4o has 86.7", "The highest value of GPT-4o is 86.7.", "not 86.7", "86.7 or 90.6",
            "more than 86.7", "QwQ-32B-Preview beats 86.7", "86.7 for OpenAI o1-preview",
            "GPT-4o 的最高值是 86.7。", "不到86.7", "86.7以上", "below 86.7", "o1-mini: 86.7",
            "Claude 3.5 Sonnet has 86.7.", "GPT4o: 86.7", "gpt-4o has 86.7%",
        ],
        "right": [
            "The highest value of QwQ-32B-Preview is 86.7.", "QwQ-32B-Preview has 86.7 on MATH 500.",
        ],
    },
    "derivative": {
        "never right": [
            "not -29", "less than -29", "-29 or 29", "at least -29", r"\boxed{\neq -29}", r"\boxed{\pm 29}",
            "f'(2) = -8 or -29", "不是-29", "大于-29", "-29?", "> -29", "-29 is wrong", "approximately -29",
        ],
        "right": [
            "-29, not 29", "not 29 but -29", "不是29，而是-29", "h'(2) is -29 at x = 2",
            "At x = 2, h'(2) = -29.",
        ],
    },
    "flow": {
        "never right": [
            "It does not print 61.", "It doesn't print 61.", "more than 61", "61 or 29",
            "It prints at least 61.", "不输出61", "输出不是61", "x ≠ 61", "x < 61", "x > 61",
            "It would print 61 if b were larger.", "61?", "超过61", "Not 61.", "It never prints 61",
            "输出小于61",
        ],
        "right": [
            "It prints 61, not 29.",
        ],
    },
    "sofa": {
        "never right": [
            "more than 3159000 cm³", "about 3159000 cm³", "at least 3.159 m³", "不到3159000立方厘米",
            "3159000 cm³?", "not 3159000 cm³", "约3.159立方米", "half of 3159000 cm³",
            "3159000 or 4860000 cm³", "3159000立方厘米以上",
        ],
        "right": [
            "3,159,000 cm³, or 3.159 m³", "3,159,000 cm³ (about 3.16 m³)", "3159000 cm³ ≈ 3.16 m³",
            "3159000立方厘米，即3.159立方米",
        ],
    },
    "meiosis": {
        "never right": [
            "not A", "A or B", "A?", "It isn't A", "A is wrong", "neither A nor B", "all except A", "不是A",
            "排除A", "A或B", "可能是A", r"\boxed{\neq A}", r"\boxed{A?}", r"not \boxed{A}", "A, no wait, B",
            "maybe A", "A is excluded", "rather than A", "选A吗？", r"\boxed{A \text{ or } B}",
        ],
        "right": [
            "A, not B", "not B but A", "选A，不选B", "A rather than B",
        ],
    },
    "chemistry": {
        "never right": [
            "not FeSO4", "FeSO4 or CuSO4", "FeSO4?", "maybe FeSO4", "It isn't FeSO4", "FeSO4 is wrong",
            "不是硫酸亚铁", "可能是硫酸亚铁", "排除FeSO4", r"\boxed{\neq \text{FeSO}_4}",
            r"not \boxed{FeSO_4}", "FeSO4, no wait, CuSO4", "anything but not FeSO4",
            "neither FeSO4 nor CuSO4", "硫酸亚铁或硫酸铜",
        ],
        "right": [
            "FeSO4, not CuSO4", "not CuSO4 but FeSO4", "不是硫酸铜，而是硫酸亚铁",
        ],
    },
    "semicircles": {
        "never right": [
            "half of 7π",
        ],
    },
    "compare": {
        "never right": [
            "not the second, 274.55", "2, more than 274.55", "2 or 1, 274.55", r"\boxed{2, >274.55}",
            r"\boxed{\text{not } 2, 274.55}", "第二张，不到274.55元", "2, 274.55 dollars", "2, 274.55?",
            r"not \boxed{2, 274.55}", "1 rather than 2, 274.55",
        ],
    },
    "find": {
        "never right": [
            "not here", "maybe",
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize(("family", "text", "expected"), listed(DENIED_OR_BOUNDED))
def test_a_denied_or_bounded_value_is_no_answer(family, text, expected):
    assert agrees(family, text, expected)
