"""Right answers as people and models write them."""

import pytest
from answers import agrees, listed

EVERYDAY = {
    "recognition": {
        "right": [
            "There are a total of 6 pelicans in the image.", "I count 6 pelicans in total.",
            "The image shows six pelicans standing on a quay.", "There're 6 pelicans.", "6 pelicans",
            "Six pelicans are visible in the picture.", "In this picture, there are 6 pelicans.",
            "Answer: 6 pelicans.", "So, there are 6 pelicans in the picture.",
            "Therefore, the total number of pelicans is 6.", "Counting all of them, there are 6.",
            "We can see 6 pelicans: four facing left and two facing right.", "图片中一共有6只鹈鹕。",
            "答案是6只。", "图中共有六只鹈鹕。", "我看到了6只鹈鹕", "总共六只", "鹈鹕的数量是6只。",
            "图中有6只鹈鹕，其中4只完整，2只只露出一部分。", "这张图片里有 6 只鹈鹕。",
            "所以一共有6只鹈鹕。", r"The answer is $\boxed{6}$.", r"There are $\boxed{6}$ pelicans.",
            r"Therefore, the number of pelicans is \(\boxed{6}\).", r"图中一共有 $\boxed{6}$ 只鹈鹕。",
            r"So there are \boxed{6} pelicans in the picture.", r"\boxed{\textbf{6}}", r"\[\boxed{6}\]",
            r"\boxed{6 \text{ pelicans}}", r"\boxed{6只}", r"\boxed{\text{六只}}", r"$\boxed{6}$ 只",
            r"**\boxed{6}**", "**6 pelicans**", "The count is 6.", "it's 6", "It is 6!", "= 6",
            "The total is six.", "There are six (6).", "six in all", "Altogether there are 6 pelicans.",
            "6 of the 8 birds are pelicans.", "There are 8 birds, 6 of them pelicans.",
            "The answer is 6, because 4 + 2 = 6.", "4 whole ones plus 2 cut ones make 6 pelicans",
        ],
    },
    "invoice": {
        "right": [
            "The total tax amount is ¥462.05.", "Total tax: 462.05", "The tax shown is CNY 462.05.",
            "合计税额是462.05元。", "总税额为 ¥462.05。", "税额合计为462.05。",
            "The sum of the taxes is 462.05 yuan (RMB).", "462.05 RMB",
            "The invoice shows a total tax of 462.05 yuan.", r"$\boxed{462.05}$ yuan",
            r"\boxed{462.05 \text{ yuan}}", r"\boxed{\yen 462.05}", "¥ 462.05", "462.05 Chinese yuan",
            "税额：¥462.05", "The total tax amount on this invoice is **462.05**.",
            "发票上的合计税额是**462.05**元。", "共462.05元", "Tax = 462.05",
        ],
    },
    "chart": {
        "right": [
            "The highest value for QwQ-32B-Preview is 86.7.", "86.7 on the MATH benchmark",
            "QwQ-32B-Preview's highest score is 86.7 (MATH).", "最高的是86.7（MATH）。",
            "QwQ-32B-Preview 在 MATH 上最高，为 86.7。", "It reaches its maximum of 86.7 on MATH.",
            "The tallest bar of QwQ-32B-Preview shows 86.7.", r"\boxed{86.7}", r"\boxed{86.7\%}",
            "86.7, for MATH", "QwQ-32B-Preview的最高得分是86.7分",
        ],
    },
    "sofa": {
        "right": [
            "The volume is 3,159,000 cm³.", "The volume of the sofa is 3.159 m³.",
            "Volume = 3159000 cubic centimeters", "沙发体积为3159000 cm³。", "体积是 3,159,000 立方厘米。",
            r"$\boxed{3159000 \text{ cm}^3}$", r"\boxed{3.159 \, \text{m}^3}", r"\boxed{3{,}159{,}000}",
            r"\boxed{3159000\ cm^3}", r"$$V = \boxed{3159000}\,\text{cm}^3$$", "3 159 000 cm^3",
            "It has a volume of 3159 litres.", "3.159 cubic metres", "总体积：3.159 m³",
            "The sofa's volume is 3,159,000 cubic cm",
        ],
    },
    "derivative": {
        "right": [
            "h'(2) = -29", "The derivative is -29.", "导数等于-29。", "So h'(2) = -29.", "h'(2) equals -29",
            r"h'(2) = \boxed{-29}", r"$h'(2)=\boxed{-29}$", "The value of $h'(2)$ is $-29$.",
            "the value is −29", "By the product rule, h'(2) = -29.", "所以答案是-29。", "h'(2)的值为-29。",
            "根据乘法法则，h'(2) = f'(2)g(2) + f(2)g'(2) = -29。", r"\boxed{\mathbf{-29}}", "-29.",
        ],
    },
    "flow": {
        "right": [
            "The program prints 61.", "The output is **61**.", "It outputs 61", "输出：61", "最后输出61。",
            "x = 61 is printed.", "The printed value is 61.", r"So it prints \boxed{61}.",
            "The final value of x is 61.", "打印的结果是61。", "61 is printed.", "It will print 61.",
        ],
    },
    "clip": {
        "right": [
            "The ball jumps 5 times", "It moves 5 times.", "5 times in total", "球一共跳了5次。",
            "跳了五次", "Five.", "The ball changes its cell 5 times.", "5次跳跃",
            r"\boxed{5 \text{ times}}", "The number of jumps is 5.", "a total of 5 jumps",
        ],
    },
    "chemistry": {
        "right": [
            "Filtrate E is FeSO4.", "Filtrate E is a solution of iron(II) sulfate (FeSO4).",
            "滤液E的主要成分是FeSO4。", "滤液E是硫酸亚铁溶液。",
            "The substance is ferrous sulfate (FeSO₄).", r"\boxed{FeSO_4}",
            r"\boxed{\text{iron(II) sulfate}}", r"\boxed{\text{硫酸亚铁}}", "It contains FeSO4.",
            "E = FeSO4", "E: FeSO4", "滤液E为FeSO4溶液", "Filtrate E contains iron(II) sulfate, FeSO4.",
            "The filtrate E is FeSO4 solution.", "答案：硫酸亚铁（FeSO₄）", "FeSO4溶液",
            "Filtrate E is FeSO4 because iron displaces copper from CuSO4.",
        ],
    },
    "meiosis": {
        "right": [
            "The correct answer is A.", "A. father, meiosis I", "The answer is (A).", "答案是 A。",
            "故选A。", "正确选项为A", "Option A is correct.", "A is correct", "I choose option A.",
            "Choice A", r"$\boxed{\text{A}}$", r"\boxed{\text{A. father, meiosis I}}", r"\boxed{A}",
            "father, meiosis I", "It is father, meiosis I.", "So the answer is A: father, meiosis I.",
            "因此选A。", "A项正确",
        ],
    },
    "compare": {
        "right": [
            "The second, 274.55 yuan.", "2 and 274.55", "Invoice 2, by 274.55 yuan", "第二张，高274.55元",
            "the second invoice, 274.55", r"\boxed{\text{second}, 274.55}",
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize(("family", "text", "expected"), listed(EVERYDAY))
def test_a_right_answer_is_right_in_everyday_words(family, text, expected):
    assert agrees(family, text, expected)
