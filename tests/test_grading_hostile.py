"""Answers that look right and are not."""

import pytest
from answers import agrees, listed

HOSTILE = {
    "recognition": {
        "never right": [
            "6 of the pelicans are gulls", "I counted 6 but there are more", "There are 6 pelicans too few",
            "6 fewer", "the picture has 6 birds, among them pelicans", "6 pelicans, one of them is a gull",
            "Somewhere near 6", "under six", "6ish", "6-ish", "six-ish", "half-a-dozen", "6 out of 7",
            "6/7 pelicans", "sixteen", "sixty", "sixth", "No. 6", "page 6", "6 o'clock", "6pm",
            "2024-06-06", "6.6", "66", "06 07", "six seven", "IIIIII", "VI", "It's not 5, and not 6",
            "hardly 6", "barely 6 pelicans", "scarcely 6", "6 at the very most", "max 6", "min. 6",
            "maximum 6", "6 tops", "6 minimum", "6 max", "no fewer than six", "not fewer than 6",
            "I would guess 6", "I'd say 6 or 7", "Let's say 6?", "6 (unsure)", "6, I guess", "6 perhaps",
            "6, if I count the shadow", "6 unless one is a gull", "The other answer is 6", "His answer: 6",
            "The first student wrote 6", "Others say 6", "your answer of 6 is wrong",
            "the answer 6 is false", "6 cannot be right", "6 can't be", "6 isn't right",
            "6 is a common mistake", "It is a lie that there are 6", "I deny that there are 6",
            "the opposite of 6", "minus 6", "6 below zero", "6 degrees", "6°C", "6m", "6 m", "6 pounds",
            "6 swans", "6 geese", "a flock of 6 gulls", "6 waterbirds", "six other birds", "6 more than 5",
            "5 more than 1", "6 less 1", "6 - 1", "6 + 1", "6 x 2", "6 per row", "6 in each row", "6 each",
            "6 on the left and 6 on the right", "6 in front, 2 behind", "6 adults, 2 chicks",
            "6 pelicans plus one hidden", "6 besides the cut one", "6 excluding the cut one",
            "6, excluding one", "6 pelicans apart from the small one", "6只不是答案", "不可能是6只",
            "6只才怪", "6只还是7只", "是6只还是7只？", "难道是6只", "6只吧？", "六七只", "六只多",
            "差不多6只", "差不多六只", "6只上下", "近6只", "近六只", "最少6只", "少说6只", "不足6只",
            "多于6只", "6只都不到", "绝不是6只", "并不是6只", "别人说6只", "他说有6只", "错误答案是6",
            "正确答案不是6", "6+1只", "6×2只", "6对", "6双", "六对", "一打", "半打", "6倍", "6的相反数",
            "第6只", "第六只", "6号", "6页", "6张图", "6种鸟", "海鸥6只", "鸭子有6只", "六只海鸥", "6只鸟",
            "六分之一", "百分之六", "6%", "6元", "6厘米", "6千克", "负六", "零点六", "6点", "6月6日",
            "约莫6只", "或许6只", "应该不是6只", "我猜6只", "假如没有遮挡，6只", "除了6只以外",
            "没有6只那么多", "比6只多", "比6只少", "6只的两倍", "两个6", r"\boxed{\text{six or seven}}",
            r"\boxed{6\ \text{gulls}}", r"\boxed{\text{6 birds}}", r"\boxed{6 \pm 1}", r"\boxed{6\%}",
            r"\boxed{6\text{ cm}}", r"\boxed{\sim 6}", r"\boxed{<6}", r"\boxed{6+}", r"\boxed{5-6}",
            r"\boxed{5\text{--}6}", r"\boxed{?}", r"\boxed{\text{maybe } 6}", r"\boxed{\cancel{6}}",
            r"\boxed{6} \text{ or } \boxed{7}", r"\boxed{6}, or 7", r"If not \boxed{6}, then 7",
            r"It can't be \boxed{6}", r"Is it \boxed{6}?", r"\boxed{6} (not sure)", r"\boxed{6} - no, 7",
            r"\boxed{6}, or rather 7", r"\boxed{6}. But that is wrong.", r"\boxed{6} is incorrect",
            r"\boxed{6}是错的", r"\boxed{6}只海鸥", r"最多\boxed{6}只", r"\boxed{6}只以上",
            r"可能是\boxed{6}", r"\boxed{6}还是\boxed{7}", r"fewer than \boxed{6}", r"half of \boxed{6}",
            r"2 \times \boxed{6}", r"\boxed{6} \times 2", r"\boxed{6} + 1", r"-\boxed{6}", r"1\boxed{6}",
            r"\boxed{6}0", r"\boxed{6}.5", r"\boxed{6}/2", r"\frac{\boxed{6}}{2}", r"\boxed{6} dozen",
            r"\boxed{6}\text{ hundred}", r"\boxed{0\text{ or }6}",
        ],
    },
    "invoice": {
        "never right": [
            "462.05 HKD", "HK$462.05", "462.05 rupees", "462.05 francs", "CHF 462.05", "462.05 in dollars",
            "$ 462.05", "462.05$", "462.05 $", "US $462.05", "462.05 US$", "462.05美金", "462.05英镑",
            "462.05港元", "462.05欧", "462.05 million", "46,205", "4,62.05", "462.05元/件",
            "462.05 yuan each", "462.05 per item", "462.05 and a bit", "nearly 462.05",
            "462.05 yuan before discount of 10", "net 462.05 tax 60", "462.05 minus", "tax rate 462.05%",
            "-462.05", "(462.05) or so", "462.05 以内", "不超过462.05元", "462.05元上下", "462.0.5",
            "462 .05", "462. 05", "462.05x", "462.05元的一半", "462.05 × 2",
        ],
    },
    "derivative": {
        "never right": [
            "-29 or -28", "- 29 + 1", "−29i", "-29%", "-29°", "29 negative", "minus -29",
            "the negative of -29", "-(−29)", "f(2) = -29 is false", "-29 < h'(2)", "h'(2) ≥ -29", "1 - 29",
            "10-29", "−2 9", "-29/2", "-2.9", "-290", "-29 thousand", "-29 cm", "减29", "-29的相反数",
            "不等于-29", "小于-29", "h'(2)≠-29", r"\boxed{-29}^2", r"2\boxed{-29}", r"\boxed{|-29|}",
            r"\boxed{-29^\circ}", r"\boxed{-29\%}", r"\boxed{-29, 29}", "-29 ± 1",
        ],
    },
    "chart": {
        "never right": [
            "Claude-3.5 has 86.7", "o1-mini has 86.7", "Claude has 86.7 and QwQ 78.3",
            "86.7 for GPT-4o, not for QwQ", "the best model has 86.7? no", "almost 86.7", "86.7-90",
            "86.7 ± 0.1", "~86.7", "86.7x", "86.7 seconds", "$86.7", "86.7元", "Gemini: 86.7",
            "the other model has 86.7 or so",
        ],
    },
    "sofa": {
        "never right": [
            "3159000 cubic", "3159000 cubic inches", "3159000 in³", "3159000 cm³/2", "3159000 cm³ too much",
            "3159 m³", "3.159 cm³", "3159000 m", "3159000 litres", "3.159 L", "about 3.16 m³", "3.2 m³",
            "3159001 cm³", "3159000 cm³ - 1", "volume < 3159000 cm³", "3159000平方厘米", "3159立方厘米",
            "3159000 cm³ each",
        ],
    },
    "chemistry": {
        "never right": [
            "E: CuSO4", "FeSO4?", "FeSO4 is not E", "FeSO4 is the residue D", "not E: FeSO4",
            "Filtrate D: FeSO4", "FeSO4 was in A", "before: FeSO4, now CuSO4", "a little FeSO4 in CuSO4",
            "FeSO4 & CuSO4", "FeSO4/CuSO4", "FeSO4 + CuSO4", "FeSO4 but also Fe2(SO4)3", "FeSO", "feso4",
            "FESO4", "Fe2SO4", "iron(II,III) sulfate", "iron sulfate", "iron(II) sulfates and others",
            "硫酸亚铁铵", "亚硫酸铁", "硫酸铁(III)", "含有硫酸亚铁和硫酸铜", "硫酸亚铁吗？", "不含硫酸亚铁",
            "D中是硫酸亚铁", "硫酸亚铁在D里", r"\boxed{\text{FeSO}_4 + \text{CuSO}_4}", r"\boxed{\text{E}}",
            r"\boxed{Fe^{2+}}", r"\boxed{FeSO_4?}",
        ],
    },
    "meiosis": {
        "never right": [
            "A and B", "A/B", "AB", "A, B, C or D", "all of A", "a father", "A?", "A (or B)", "A is false",
            "A isn't right", "everything but A", "A C", "not sure: A", "A 不对", "不选A", "除了A", "A吗",
            "B或A", "A和B", "either A or D", r"\boxed{A, B}", r"\boxed{AB}", r"\boxed{\text{not A}}",
            r"\boxed{A} or \boxed{B}", "Option A is wrong", "It would be A if the father were ill",
            "father", "meiosis I", "mother, meiosis I", "Vitamin A", "Figure A", "an A for effort",
            "I got an A",
        ],
    },
    "flow": {
        "never right": [
            "print 61?", "61 is not printed", "61 times 2", "prints 61 and then 125", "1 5 13 29 61",
            "61, 125", "61.5", "6 1", "61 rounds", "x+61", "61x", "61 <", "< 61", "it stops before 61",
            "before 61", "until x reaches 61", "up to 61", "close to 61", "61 would come next",
            "not yet 61", "0x61", "61 in hexadecimal", "61 (mod 100)", "打印61以前的数", "小于61的数",
            "61次", "第61", "61?不是", "61 lines",
        ],
    },
    "clip": {
        "never right": [
            "5 cells", "5 seconds", "5 frames", "5 lamps", "5 or so times", "more than 5 times",
            "5 jumps too many", "not 5 times", "5 times 2", "5 times as many as 1", "five-ish", "5th",
            "第5格", "5格", "5秒", "5个球", "跳5次或6次", "少于5次", "once or twice", "cell 5",
        ],
    },
    "compare": {
        "never right": [
            "2, 274.55 more or less", "1, 274.55", "second, about 274.55", "both, 274.55", "2, -274.55",
            "2 274.55", "neither, 274.55", "2 and 1, 274.55", "第二张？274.55元", "第二张，大约274.55元",
            "第一张，274.55元", "2, 274.55%", "2, $274.55", "2, 2745.5",
        ],
    },
    "semicircles": {
        "never right": [
            "7", "many",
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize(("family", "text", "expected"), listed(HOSTILE))
def test_a_look_alike_is_never_right(family, text, expected):
    assert agrees(family, text, expected)
