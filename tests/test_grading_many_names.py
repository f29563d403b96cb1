"""Substances, options and shapes in the words of many learners."""

import pytest
from answers import agrees, listed

ANSWERS = {
    "chemistry": {
        "right": [
            "**FeSO₄**", "Answer: FeSO4", "Filtrate E is iron(II) sulfate.",
            "答：滤液E是硫酸亚铁（FeSO₄）。", "E是FeSO₄溶液。",
            "The filtrate E is ferrous sulfate solution, FeSO4.", r"Filtrate E is $\text{FeSO}_4$.",
            r"$\mathrm{FeSO_4}$",
            "Iron displaces copper, so what is left in the filtrate E is iron(II) sulfate.", "硫酸亚铁溶液",
            "**Filtrate E: FeSO₄ (iron(II) sulfate)**",
            "The answer is iron(II) sulfate, because excess iron powder removes all copper ions.",
            "滤液E中的溶质是硫酸亚铁。", "加入过量铁粉后，滤液E为FeSO4。", "E = iron(II) sulfate (FeSO4)",
            r"\boxed{\text{FeSO}_4\text{ (iron(II) sulfate)}}", "Ferrous sulfate.", "Iron (II) sulfate",
            r"\(\text{FeSO}_4\)", "Filtrate E contains the salt iron(II) sulfate.",
            "I think filtrate E is FeSO4.", "滤液 E 的溶质为硫酸亚铁",
            "It must be iron(II) sulfate (FeSO4).", "E – FeSO4",
            "The substance in filtrate E is called iron(II) sulfate.",
        ],
        "never right": [
            "FeSO4 is what goes in", "FeSO4 goes in, CuSO4 comes out.", "The starting solution was FeSO4.",
            "FeSO4 is used up.", "FeSO4 has been removed", "E no longer contains FeSO4.",
            "It would be FeSO4 without the copper.", "E is CuSO4, formed from FeSO4.",
            "Iron(III) sulfate, not FeSO4", "FeSO4 was added", "加入FeSO4", "原来是FeSO4，后来变成CuSO4。",
            "滤渣是硫酸亚铁", "FeSO4被除去了", "E is a mixture of FeSO4 and water and CuSO4",
            "Everything but FeSO4", "Fe and SO4", "FeSO4 in beaker B", "硫酸铁或硫酸亚铁",
            "FeSO4 precipitates, E is water.", "Before the reaction E was FeSO4", r"\boxed{\text{FeSO}_3}",
            "FeS04", "FeSO4 reacts away", "It starts as FeSO4.", "FeSO4 is needed", "E lacks FeSO4",
            "FeSO4 is the reagent", "先有FeSO4", "The opposite of FeSO4", "FeSO4 was there before E",
            "硫酸亚铁被氧化了",
        ],
        "unclear": [
            "a solution", "the blue one", "iron and sulfate", "一种盐",
        ],
    },
    "meiosis": {
        "right": [
            "**A**", "Answer: A. father, meiosis I", "The correct choice is **A**.", "答：A", "选 A。",
            "答案为A，父亲减数第一次分裂。", "A. The father's X and Y did not separate in meiosis I.",
            "The error was in the father's meiosis I, so the answer is A.", "I would go with A.",
            "Option **A** fits best.", "正确答案是A。", "所以选A项。", "It has to be A.", r"\(\boxed{A}\)",
            r"\boxed{\text{(A)}}", "A, because the child got both X and Y from the father.",
            "父亲减数第一次分裂", "The answer is A (father, meiosis I).", "A is the correct answer.",
            "A: The chromosomes failed to separate in the father's meiosis I.", "I'd pick A.",
            "A（父亲减数第一次分裂）",
        ],
        "never right": [
            "A is ruled out", "I'd exclude A", "Every option but A",
            "A, if the mother is healthy; otherwise C", "A was my first guess; B is correct.",
            "A seems right but D is right.", "Both A and C", "Between A and B, B.", "A vs. B",
            "A mother in meiosis I", "a child", "选A的人错了", "A不是答案", "A和C都对", "A选项有误",
            "老师说A，我说B", "父亲减数第二次分裂", r"\boxed{\text{A and C}}", "None of A to D",
            "A is close, yet wrong", "A failed", "A is what most people pick, wrongly", "A then D",
            "Not A, since the father is healthy", "A has an error", "C. father, meiosis I",
        ],
        "unclear": [
            "A, B", "the parents", "all of the above", "meiosis", "A or C",
        ],
    },
    "sign": {
        "right": [
            "B", "**B. 20 km/h too fast**", "The answer is B.", "The car is 20 km/h too fast.",
            "选B：超速20 km/h", "B：超速 20 km/h", "汽车超速20 km/h，选B。", "20 km/h too fast",
            "The car drives 20 km/h over, so B.", "答案：B", r"\boxed{B}",
            r"\boxed{\text{B. } 20 \text{ km/h too fast}}", "B) 20 km/h too fast",
            "The driver is 20 km/h too fast, option B.",
        ],
        "never right": [
            "20 km/h below the limit", "C. 20 km/h too fast", "B. 10 km/h too fast", "not B",
            "The car is 120 km/h too fast", "It is not 20 km/h too fast",
            "10 km/h too fast, or 20 km/h too fast", "限速 20 km/h", "比限速低20 km/h", "too fast",
            "220 km/h too fast", "A. 20 km/h too fast",
        ],
        "unclear": [
            "B or C", "fast", "20",
        ],
    },
    "sequence": {
        "right": [
            "octagon", "**Octagon**", "The next shape is an octagon.", "It's an octagon.",
            "An octagon comes next.", "答：八边形。", "下一个图形是八边形。",
            "The sides go 3, 4, 5, 6, 7, so next comes an octagon.", r"\boxed{\text{octagon}}",
            "A regular octagon, because each shape has one more side.", "The answer is an octagon.",
            "下一个应该是正八边形。", "The next one is an octagon.", "octagon, because it has eight sides",
        ],
        "never right": [
            "hexagon", "not an octagon", "octagon or nonagon", "an octagon minus a side",
            "It is a nonagon, not an octagon.", "before the octagon", "不是八边形", "octagon?", "octagons",
            "maybe an octagon", "八边形或九边形", "stop sign", "The shape before the octagon",
            "half an octagon", "The octagon has already been.", "before a nonagon",
            "a nonagon after the octagon",
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize(("family", "text", "expected"), listed(ANSWERS))
def test_a_name_is_read_as_it_is_meant(family, text, expected):
    assert agrees(family, text, expected)
