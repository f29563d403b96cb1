"""Which part of a text is read, whose value it is, and that everyday right answers are right."""

import pytest
from answers import agrees, listed, outcome

SUBSTANCES = {
    "chemistry": {
        "right": [
            "E is FeSO4. Filtrate D is CuSO4.",
            "Filtrate E is iron(II) sulfate because Fe + CuSO4 → FeSO4 + Cu.", "FeSO<sub>4</sub>", "FeSO4",
            "FeSO₄", r"\boxed{\text{FeSO}_4}", r"\boxed{\mathrm{FeSO_4}}", "iron(II) sulfate",
            "iron (II) sulphate", "ferrous sulfate", "硫酸亚铁", "滤液E是硫酸亚铁。", "滤液E是FeSO4",
            "E是硫酸亚铁，D是硫酸铜。", "Filtrate D is CuSO4. Filtrate E is FeSO4.",
            "D is CuSO4 and E is FeSO4.", "Filtrate E is FeSO4, formed from CuSO4 and iron.",
            "FeSO4 (iron(II) sulfate)", "硫酸亚铁（FeSO4）", "Fe + CuSO4 -> FeSO4 + Cu, so E is FeSO4.",
            "Since Fe + CuSO4 = FeSO4 + Cu, filtrate E is FeSO4.", "FeSO4 solution",
            "The filtrate contains iron(II) sulfate.", r"\ce{FeSO4}",
            "Iron(II) sulfate, FeSO4, is in filtrate E.", "FeSO4·7H2O", "It is ferrous sulphate.",
            "由硫酸铜与铁反应得到硫酸亚铁", "因为Fe + CuSO4 → FeSO4 + Cu，所以滤液E是硫酸亚铁。",
            "FeSO<sub>4</sub> (aq)", "$FeSO_4$",
        ],
        "wrong": [
            "E is CuSO4 and D is FeSO4", "E is CuSO4. D is FeSO4.", "滤液E是硫酸铜，滤液D是硫酸亚铁。",
            "Filtrate D is FeSO4. Filtrate E is CuSO4.", "Fe2(SO4)3", "iron(III) sulfate", "硫酸铁",
            "CuSO4", r"\boxed{\text{CuSO}_4}", "ferric sulfate", "FeCl2", "硫酸铜", "FeSO3",
            r"\boxed{Fe_2(SO_4)_3}", "Fe<sub>2</sub>(SO<sub>4</sub>)<sub>3</sub>", "E is Fe2(SO4)3.",
            "E is CuSO4 because CuSO4 + Fe → FeSO4 + Cu.", "ammonium iron(II) sulfate", "FeS",
            "iron(II) sulfide",
        ],
        "never right": [
            "FeSO4 and CuSO4", "FeSO4 with CuSO4", "FeSO4 is in D", "FeSO4 is D and CuSO4 is E",
            "CuSO4 is E and FeSO4 is D", "Filtrate D is FeSO4.", "D是硫酸亚铁", "Fe + CuSO4 → FeSO4 + Cu",
            "E is FeSO4. It also contains CuSO4.", "E", "iron", "", "E comes from FeSO4",
            "硫酸亚铁和硫酸铜", "D and E are CuSO4 and FeSO4", "FeSO4 or Fe2(SO4)3", "Residue D is FeSO4.",
            "It reacts with FeSO4.", "FeSO4, CuSO4", "a mixture of FeSO4 and Fe2(SO4)3",
            "Solution A is FeSO4", "滤渣D是硫酸亚铁", "FeSO4 (iron(III) sulfate)", "FeSO4 → E",
            "硫酸亚铁与硫酸铜", "copper and iron sulfates",
        ],
    },
}  # fmt: skip

EXPLAINED = {
    "derivative": {
        "right": [
            "**Answer:** -29\n\n**Explanation:** f'(2)=-8, g(2)=1, f(2)=-3, g'(2)=7",
            "答案：-29\n\n解释：f'(2)=-8, g(2)=1，f(2)=-3，g'(2)=7",
            "The answer is -29.\n\nI used f'(2) = -8, g(2) = 1, f(2) = -3 and g'(2) = 7.",
            "**Final Answer**\n\n$$ \\boxed{-29} $$\n\nHere f'(2) = -8 and g'(2) = 7.",
            "**Answer:** -29\n\n1. f'(2) = -8\n2. g(2) = 1\n3. f(2) = -3\n4. g'(2) = 7",
            "## Answer\n\n-29\n\nf'(2)=-8, g(2)=1, f(2)=-3, g'(2)=7",
            "**Answer:** $-29$\n\nBecause (-8)(1) + (-3)(7) = -29.",
            "答案是-29。\n\n其中 f'(2)=-8, g(2)=1, f(2)=-3, g'(2)=7。",
            "**最终答案：** -29\n\n过程：-8、1、-3、7",
            "Final answer: -29\n\nThe four entries are -8, 1, -3 and 7.",
            "**Answer:** -29\n\nLet me know what else you need.",
            r"\boxed{-29}. The entries are -8, 1, -3, 7.",
        ],
        "wrong": [
            "**Answer:** 29\n\n**Explanation:** f'(2)=-8, g(2)=1, f(2)=-3, g'(2)=7",
            "答案：7\n\n解释：-8, 1, -3, -29", "The answer is 7.\n\nI used -8, 1, -3 and -29.",
            "**Answer:** 29\n\nThe entries are -29 and 7",
        ],
        "never right": [
            "**Answer:** -29\n\nWait, no: -30.", "**Answer:** -29\n\nThat is wrong.",
            "**Answer:** -29\n\nThe answer is -30.", "**Answer:** -29\n\n-30", "-29\n\n-30",
            "**Answer:** -29 or 29\n\nf'(2) = -8", "**Answer:** not -29\n\nf'(2) = -8, g(2) = 1",
            "**Answer:**\n\nIt may be -29.\n\nf'(2) = -8, g(2) = 1", "答案：-29\n\n不对，应为-30。",
            "I found -29.\n\n**Answer:** 29", "-29 is f'(2).\n\n**Answer:** 30\n\n-29, 30",
        ],
    },
    "recognition": {
        "right": [
            "**Answer:** 6\n\n**Explanation:** 4 are whole, 2 are cut off.",
            "答案：6只\n\n4只完整，2只残缺。", "The answer is 6.\n\nI counted 4 and 2.",
            "**Final Answer**\n\n6\n\nThere were 3 on the left, 2 in the middle and 1 on the right.",
        ],
        "wrong": [
            "**Answer:** 5\n\n**Explanation:** 6 birds, 1 of them a gull",
        ],
        "never right": [
            "**Answer:** 6\n\nThere are 7 pelicans in the picture.", "**Answer:** 6\n\nNo, 7.",
            "**Answer:** 5\n\n6",
        ],
    },
    "invoice": {
        "right": [
            "**Answer:** 462.05\n\nThe lines are 13.00, 26.00 and 423.05.",
        ],
        "never right": [
            "**Answer:** 462.05\n\nSorry, 460.00.",
        ],
    },
    "meiosis": {
        "right": [
            "Answer: A\n\nB and C come from the mother.",
        ],
        "never right": [
            "Answer: A\n\nWait, B.",
        ],
    },
    "chemistry": {
        "right": [
            "**Answer:** FeSO4\n\n**Explanation:** CuSO4 reacts with Fe; Fe2O3 stays behind.",
        ],
    },
}  # fmt: skip

THINKING = {
    "recognition": {
        "never right": [
            "<think>I count 6 pelicans.</think>", "<think>I count 6 pelicans.", "<think>6</think>\n\n",
            r"<think>\boxed{6}</think>", r"<think>\boxed{6}", "<think>6</think>I cannot tell.",
            "<think>**Final Answer**\n\n6</think>", "<think>答案：6</think>", "<think>六只</think>",
            "<think>6</think>5", "I count 6 pelicans.\n\n**Final Answer**\n\n", "6</think>",
            "**Final Answer** 6</think>", "<think>\n6\n</think>\n5",
        ],
        "right": [
            "<think>I count 5, no, 7.</think>6", "<think>5</think>\n\n**Answer:** 6",
            "Maybe 5 or 7?\n\n**Final Answer**\n\n6", r"<think>\boxed{5}</think>\boxed{6}",
            "也许5只？\n\n**答案**\n\n6只",
        ],
        "wrong": [
            "6 of them.\n\n**Final Answer**\n\n5",
        ],
    },
}  # fmt: skip

EVERYDAY = {
    "recognition": {
        "right": [
            "There are 6 pelicans and 2 gulls", "There are 6 pelicans.",
            "I see six pelicans in this picture.", "6 pelicans are standing on the quay.",
            "The picture shows 6 pelicans.", "图中有6只鹈鹕和2只海鸥。", "一共6只鹈鹕。",
            "图中一共有六只鹈鹕。", "The number of pelicans is 6.", "I think there are 6 pelicans.",
            "Six pelicans!", "Six (6) pelicans", "There are 6 pelicans: 4 whole and 2 cut off.",
            "There are 6 of them.", "6 pelicans, 2 gulls, 1 heron", "鹈鹕有6只",
            "There are 6 white pelicans.", "In total, 6.",
            "The total number of pelicans in the picture is **6**.", "6 pelicans in total", "Total: 6",
            "有6只鹈鹕、2只海鸥和1只苍鹭。", "Pelicans: 6", "- Pelicans: 6", "1. There are 6 pelicans.",
            "My answer: 6", "我数到6只鹈鹕。", "It has 6 pelicans and two ducks.",
            r"$$ \boxed{6} $$ pelicans", "Answer: six", "数量是6",
        ],
        "wrong": [
            "There are 5 pelicans and 6 gulls", "There are 2 pelicans and 6 gulls",
            "图中有5只鹈鹕和6只海鸥。",
        ],
    },
    "invoice": {
        "right": [
            "The total tax amount on this invoice is 462.05 yuan.", "The total tax is ¥462.05.",
            "合计税额为￥462.05", "税额合计：462.05元", "The tax is 400.00 + 62.05 = 462.05 yuan.",
            "发票上的总税额是462.05元。", "At a rate of 13% the tax is 462.05 yuan.", "共计税额462.05元整",
            "It comes to 462.05.", "The two lines sum up to 462.05 yuan.", "税额一共是462.05元。",
        ],
        "unclear": [
            "The total is 4255.72, of which tax is 462.05.",
        ],
    },
    "sofa": {
        "right": [
            "With 300 cm, 180 cm, 90 cm it is 3159000 cm³",
            "The volume of the sofa is 3,159,000 cubic centimetres.", "沙发的体积是3159000立方厘米。",
            "The sofa has a volume of 3.159 cubic meters.", "V = 300×90×90 + 90×90×90 = 3,159,000 cm³",
            "It is 300 cm long and 90 cm high, so its volume is 3159000 cm³.", "体积为3.159立方米。",
            "长300厘米、高90厘米，体积3159000立方厘米", "The volume is 3159000.", "so V = 3159 L",
        ],
        "wrong": [
            "The volume is 3159 cm³.", "With 300 cm, 180 cm, 90 cm it is 4860000 cm³",
        ],
    },
    "chart": {
        "right": [
            "The highest value of QwQ-32B-Preview is 86.7.", "QwQ-32B-Preview 的最高值是 86.7。",
            "QwQ-32B-Preview reaches 86.7% on MATH 500.", "Its best score is 86.7 on MATH.",
            "最高值是86.7。", "It is 86.7.", "86.7 (MATH 500)", "最高分为86.7分。",
            "QwQ 32B Preview scores 86.7 points.", "The maximum is 86.7.",
        ],
    },
    "clip": {
        "right": [
            "The ball jumps 5 times.", "球跳了5次。", "It jumps to another cell five times.", "5 jumps",
            "五次", "There are 5 jumps in the clip.",
        ],
        "never right": [
            "cell 5", "It jumps 5 cells far", "5 cm", "twice", "five seconds", "第5次",
        ],
    },
    "flow": {
        "right": [
            "It prints 61.", "The output is 61.", "输出是61。", "程序输出 61",
            "The chart prints 61 at the end.", "x is 61 when the loop ends.", "Output: 61",
        ],
        "wrong": [
            "It prints 29.",
        ],
    },
    "meiosis": {
        "right": [
            "The answer is A.", "I choose A.", "选A", "答案：A", "Option A", "(A)", "A) father, meiosis I",
            "The correct option is A.", "应选A。", "a", "So it is A.", "**A**",
        ],
        "wrong": [
            "B", "The answer is D.", "选C",
        ],
    },
    "compare": {
        "right": [
            "The second invoice has more tax, 274.55 yuan more.", "第二张发票的税额更高，高274.55元。",
            r"\boxed{2, 274.55}",
        ],
        "unclear": [
            "The second one.",
        ],
    },
    "semicircles": {
        "unclear": [
            "many",
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize(("family", "text", "expected"), listed(SUBSTANCES))
def test_a_substance_belongs_to_its_label_and_an_equation_is_no_answer(family, text, expected):
    assert agrees(family, text, expected)


@pytest.mark.parametrize(("family", "text", "expected"), listed(EXPLAINED))
def test_an_explanation_behind_the_answer_is_not_taken_for_it(family, text, expected):
    assert agrees(family, text, expected)


@pytest.mark.parametrize(("family", "text", "expected"), listed(THINKING))
def test_nothing_in_the_thinking_is_graded(family, text, expected):
    assert agrees(family, text, expected)


@pytest.mark.parametrize(("family", "text", "expected"), listed(EVERYDAY))
def test_an_everyday_answer_is_read_as_it_is_meant(family, text, expected):
    assert agrees(family, text, expected)


def test_an_unclear_answer_is_told_how_to_write_it():
    assert outcome("invoice", "462.05 or 460") == "unclear"
