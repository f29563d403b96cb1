"""More replies as models write them: ten options, ends of long thoughts, physics, units, both languages."""

import pytest

from qvq_nb.evaluation.scoring import score

TREES = (
    "Oak", "Weeping willow", "Silver birch", "Elm", "Maple", "Red maple", "Linden", "Poplar", "Larch",
    "Eastern pine",
)  # fmt: skip
FOUR = ("12", "15", "18", "21")
THOUGHTS = (
    "So I have this problem. Option A says 12, option B says 15. Wait, maybe 18? Alternatively, 21.\n\n"
    "First, the area is 3*6=18. So perhaps it's C.\n\n"
)


@pytest.mark.parametrize(
    "text, letter",
    [
        ("The tree shown has needles.\n\nAnswer: J. Eastern pine", "J"),
        ("This is an eastern pine.", "J"),
        ("This appearance is characteristic of an **Eastern pine**.\n\nAnswer: J", "J"),
        ("The silver birch is wrong. It is a elm (D).", "D"),
        ("I would say (I) since larchs are small.", "I"),
        ("Answer: I", "I"),
        ("Answer: I.", "I"),
        ("The answer is I", "I"),
        ("Final answer: (E) Maple.", "E"),
        ("Based on the picture, the correct answer is:\n\nG. Linden", "G"),
        ("Based on the picture, the correct answer is:\n\n**G**", "G"),
        ("The correct answer is therefore **Linden (G)**.", "G"),
        ("The right option would be G, linden", "G"),
        ("Thus G.", "G"),
        ("G is right", "G"),
        ("Hence the option is (G)", "G"),
        ("Hence, the correct answer: G) Linden", "G"),
        ("正确答案是G：椴树", "G"),
        ("答案:G", "G"),
        ("答案应该是G", "G"),
        ("答案应为 G", "G"),
        ("最终答案：G", "G"),
        ("所以应该选择 G 选项", "G"),
        ("因此，G选项是正确的。", "G"),
        ("图中显示的是选项G。", "G"),
        ("G。", "G"),
        ("option g", "G"),
        ("The answer is option g.", "G"),
        ("Choice G", "G"),
    ],
)
def test_one_of_ten_options_is_read(text, letter):
    verdict = score(text, letter, "choice", choices=TREES)
    assert (verdict.outcome, verdict.got) == ("right", letter)


@pytest.mark.parametrize(
    "end, gold, kind",
    [
        ("**Final Answer**\n\n\\[ \\boxed{C} \\]", "C", "choice"),
        ("**Final Answer**\n\nThe area is 18 square units, so the answer is C.", "C", "choice"),
        ("**答案**\n\n\\[ \\boxed{18} \\]", "C", "choice"),
        ("Therefore, the area is \\boxed{18} square units.", "18", "integer"),
        ("Therefore, the area is \\boxed{18} square units.", "18", "expression"),
    ],
)
def test_only_the_end_of_a_long_thought_counts(end, gold, kind):
    assert score(THOUGHTS + end, gold, kind, choices=FOUR if kind == "choice" else None).ok


@pytest.mark.parametrize(
    "text, gold",
    [
        ("The final answer is 0.", "0"),
        ("Looking at the graph, the bars are 2, 4 and 6. The smallest is 2.", "2"),
        ("Sure! The number shown is 4525.", "4525"),
        ("The number is 4,525.", "4525"),
        ("I counted 3 red + 4 blue = 7 balls. So, 7 balls.", "7"),
        ("The answer to the question is 16 meters (4 x 4).", "16"),
        ("Answer: 16 (since 4 x 4 = 16)", "16"),
        ("Since $x^2 = 16$, we get $x = 4$.", "4"),
        ("So x equals 4", "4"),
        ("The result: 4", "4"),
        ("4 (four)", "4"),
        ("There are 4 cubes left after removing 3 of 7.", "4"),
        ("After removing 3 of the 7 cubes, 4 cubes remain.", "4"),
        ("After removing 3 of the 7 cubes, we have 4 left", "4"),
        ("The clock reads 10:10, i.e. the hour hand is at 10.", "10"),
        ("20 - 5 = 15 years", "15"),
        ("He is 15 years older than she is.", "15"),
        ("The answer is \\( 15 \\).", "15"),
        ("The answer is $15$ years", "15"),
        ("The age gap is 15.", "15"),
        ("所以共有 3 + 4 = 7 个。", "7"),
        ("答：共有7个球。", "7"),
        ("答案是7个", "7"),
        ("剩下七个。", "7"),
        ("x的值为7", "7"),
        ("∠A的度数是60°", "60"),
    ],
)
def test_the_number_that_is_meant_is_read_and_no_other(text, gold):
    assert score(text, gold, "integer").ok
    assert not score(text, str(int(gold) + 1), "integer").ok


@pytest.mark.parametrize(
    "text, gold, kind, more, right",
    [
        ("So the final answer is \\boxed{\\frac{16}{25}}(N).", "0.64", "expression", {"unit": "N"}, True),
        (
            "So the final answer is \\boxed{2.5 \\times 10^{-3}}(\\mathrm{kg}).",
            "$0.0025$",
            "expression",
            {"unit": "kg"},
            True,
        ),
        ("So the final answer is \\boxed{5.1}.", "5.08", "expression", {"precision": "0.05"}, True),
        ("So the final answer is \\boxed{5.1}.", "5.08", "expression", {"precision": ""}, False),
        ("So the final answer is \\boxed{(1,2)} and \\boxed{(2,1)}.", "(2,1),(1,2)", "tuple", {}, True),
        ("So the final answers of this question should be \\boxed{1, 2}.", "2,1", "list", {}, True),
        ("所以最终答案是\\boxed{x^2+y^2=1}。", "$x^{2}+y^{2}=1$", "equation", {}, True),
        ("所以最终答案是\\boxed{y^2=4x}。", "$y^{2}=4 x$", "equation", {}, True),
        ("所以最终答案是\\boxed{\\frac{x^2}{4}+y^2=1}。", "$\\frac{x^{2}}{4}+y^{2}=1$", "equation", {}, True),
        ("所以最终答案是\\boxed{x^2+4y^2=4}。", "$\\frac{x^{2}}{4}+y^{2}=1$", "equation", {}, True),
        (
            "\\boxed{\\left[-\\frac{1}{2}, \\frac{1}{2}\\right]}",
            "$[-\\frac{1}{2},\\frac{1}{2}]$",
            "interval",
            {},
            True,
        ),
        (
            "\\boxed{(-\\infty, -1) \\cup (1, +\\infty)}",
            "$(-\\infty,-1) \\cup(1,+\\infty)$",
            "interval",
            {},
            True,
        ),
        ("\\boxed{x < -1 \\text{ or } x > 1}", "$(-\\infty,-1) \\cup(1,+\\infty)$", "interval", {}, True),
        ("\\boxed{n \\ge 3}", "$n\\geq 3$", "expression", {}, True),
        ("\\boxed{\\sqrt{2gh}}", "$\\sqrt{2 g h}$", "expression", {}, True),
        ("\\boxed{v=\\sqrt{2gh}}", "$\\sqrt{2 g h}$", "expression", {}, True),
        ("\\boxed{\\frac{GMm}{R^2}}", "$\\frac{G M m}{R^{2}}$", "expression", {}, True),
        ("\\boxed{\\frac{mg}{k}\\sin\\theta}", "$\\frac{m g \\sin \\theta}{k}$", "expression", {}, True),
        ("\\boxed{\\frac{1}{2}\\ln 2}", "$\\ln \\sqrt{2}$", "expression", {}, True),
        ("\\boxed{2^{n}-1}", "$2^n-1$", "expression", {}, True),
        ("\\boxed{a_n = 2^{n}-1}", "$a_{n}=2^n-1$", "expression", {}, True),
        ("\\boxed{e^{-kt}}", "$e^{-k t}$", "expression", {}, True),
        ("\\boxed{\\frac{T_1 T_2}{T_1+T_2}}", "$\\frac{T_{2} T_{1}}{T_{2}+T_{1}}$", "expression", {}, True),
        ("\\boxed{\\arctan\\frac{1}{2}}", "$\\tan^{-1}\\frac{1}{2}$", "expression", {}, True),
        ("\\boxed{45^\\circ}", "$45^{\\circ}$", "expression", {}, True),
        ("\\boxed{\\frac{\\pi}{4}}", "$\\frac{\\pi}{4}$", "expression", {}, True),
        ("\\boxed{0.785}", "$\\frac{\\pi}{4}$", "expression", {"precision": 0.001}, True),
        ("\\boxed{\\text{不存在}}", "不存在", "expression", {}, True),
        ("\\boxed{\\text{偶函数}}", "偶函数", "expression", {}, True),
        ("\\boxed{2023}", "$2023$", "expression", {}, True),
        ("\\boxed{\\dfrac{7}{3}\\,\\text{m}}", "$\\frac{7}{3}$", "expression", {"unit": "m"}, True),
        ("\\boxed{1.2 \\times 10^{3} \\text{ J}}", "1200", "expression", {"unit": "J"}, True),
        ("\\boxed{1.2 \\text{ kJ}}", "1200", "expression", {"unit": "J"}, True),
        ("\\boxed{20 \\, ^\\circ\\text{C}}", "20", "expression", {"unit": "$^{\\circ}C$"}, True),
        ("\\boxed{20^{\\circ}C}", "20", "expression", {"unit": "°C"}, True),
        ("\\boxed{75\\%}", "75", "expression", {"unit": "%"}, True),
        ("\\boxed{75}", "75", "expression", {"unit": "%"}, True),
        ("\\boxed{4 \\Omega}", "4", "expression", {"unit": "$\\Omega$"}, True),
        ("\\boxed{3\\pi\\ \\mathrm{cm}^3}", "3\\pi", "expression", {"unit": "$\\mathrm{cm}^3$"}, True),
        (
            "\\boxed{10 \\mathrm{~m} / \\mathrm{s}}",
            "10",
            "expression",
            {"unit": "$\\mathrm{m} / \\mathrm{s}$"},
            True,
        ),
        ("\\boxed{10\\ \\text{m}\\cdot\\text{s}^{-1}}", "10", "expression", {"unit": "m/s"}, True),
        ("\\boxed{a=1,b=2}", "(1,2)", "tuple", {}, False),
        ("\\boxed{m=2, n=3}", "2,3", "list", {}, True),
        ("\\boxed{2, 3, 5, 7}", "2,3,5,7", "list", {}, True),
        ("\\boxed{f(x)=x+1}", "f(x)=1+x", "expression", {}, True),
        ("\\boxed{f(x)=x \\text{ and } f(x)=-x}", "f(x)=-x, f(x)=x", "list", {}, True),
        ("The answer is $\\frac{\\sqrt{5}-1}{2}$", "\\frac{-1+\\sqrt{5}}{2}", "expression", {}, True),
        (
            "Thus the area is $\\frac{3}{2}$ and the perimeter is $6$. So the final answer is 6.",
            "6",
            "expression",
            {},
            True,
        ),
        ("我们得到 $x=3$。\n\n所以最终答案是3。", "3", "expression", {}, True),
        ("故答案为：$\\frac{3}{2}$．", "\\frac{3}{2}", "expression", {}, True),
        ("故答案为3/2", "1.5", "expression", {}, True),
        ("The area is 12 square units", "12", "expression", {}, True),
        ("Hence it equals 27000 - 4500\\pi", "27000-4500\\pi", "expression", {}, True),
        ("The answer is $-2$.", "-2", "expression", {}, True),
        ("It is \\(\\frac{9}{2}\\) cm.", "4.5", "expression", {}, True),
        ("The answer is 1/3.", "\\frac13", "expression", {}, True),
        ("The answer is (3,-4).", "(3,-4)", "expression", {}, True),
        ("\\boxed{(3,-4).}", "(3,-4)", "expression", {}, True),
        ("\\boxed{5\\frac{1}{2}}", "5.5", "expression", {}, True),
        ("\\boxed{1{,}234.5}", "1234.5", "expression", {}, True),
        ("\\boxed{10 : 15}", "2:3", "expression", {}, True),
        ("\\boxed{6\\text{ and }8}", "8,6", "list", {}, True),
        ("\\boxed{\\frac{10}{4}}", "2.5", "expression", {}, True),
        ("\\boxed{16~\\text{cm}^2}", "16", "expression", {}, True),
        ("\\boxed{\\$16}", "16", "expression", {}, True),
        ("\\boxed{16\\text{ dollars}}", "16", "expression", {}, True),
        ("\\boxed{16 \\text{ or } 17}", "16", "expression", {}, False),
        ("\\boxed{\\approx 3.14}", "3.14", "expression", {}, True),
        ("\\boxed{\\text{approximately } 3.14}", "3.14", "expression", {}, True),
    ],
)
def test_formulas_of_olympiads_are_compared(text, gold, kind, more, right):
    assert score(text, gold, kind, **more).ok == right
