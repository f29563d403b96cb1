"""Counts and measures in the words of many learners."""

import pytest
from answers import agrees, listed

ANSWERS = {
    "recognition": {
        "right": [
            "**6**", "Answer: 6 pelicans.", "答：6只。", "共6只鹈鹕。", "There are six pelicans in total.",
            "Looking closely at the rocks, I can make out six pelicans altogether.",
            "The picture does not show other birds. There are 6.",
            "There are no gulls in the picture, only 6 pelicans.",
            "After going through the picture from left to right, my final count is 6 pelicans.",
            "### Answer\n\nThere are **six** pelicans.", "`6`", "Pelicans = 6", "Number of pelicans: **6**",
            "I found 6 pelicans :)", "6 pelicans! 🎉", "Ans. 6",
            "| bird | count |\n|---|---|\n| pelican | 6 |", "最终答案：6", "答案是：**6只鹈鹕**。",
            "我仔细数了一下，图里有六只鹈鹕。", "图中没有别的鸟，只有6只鹈鹕。",
            "这幅图中鹈鹕的总数为6只。", "六只鹈鹕", "有 6 只。", "一共六只。", "数一数，一共是6只鹈鹕。",
            "鹈鹕数量：6", "从左到右数：1、2、3、4、5、6，所以一共6只。",
            r"The final answer is: $\boxed{6}$", r"**Answer:** \(6\)", "$6$", r"\boxed{6\ \text{只鹈鹕}}",
            r"\boxed{\text{Six pelicans}}", "1, 2, 3, 4, 5, 6 - so there are 6 pelicans.",
            "Even the ones partly hidden counted, there are 6 pelicans.", "Answer = 6",
            "Thus, the image contains 6 pelicans.", "Exactly 6 pelicans are in the picture.",
            "Pelicans: 6\nGulls: 2", "6 pelicans are visible, one of which is only partly in the frame.",
            "Sure! I can see 6 pelicans in this image.", "*Six* pelicans.",
            "6 - that's how many pelicans I see.", "Pelicans (6)", "On the quay stand six pelicans.",
            "这里有六只鹈鹕。", "答案：六", "The picture has no ducks. It has 6 pelicans.", "Count: 6",
            "My answer is six pelicans, all of them facing the water.", "**Pelicans:** 6\n**Gulls:** 2",
            "鹈鹕：6只；海鸥：2只", "After recounting I still get 6.",
            "There are 8 birds: 2 gulls and 6 pelicans.",
        ],
        "never right": [
            "pelicans 5 gulls 6", "5 pelicans 6 gulls", "gulls 6 pelicans 5", "鹈鹕5 海鸥6",
            "Pelicans: 5\nGulls: 6", "| bird | count |\n|---|---|\n| pelican | 5 |\n| gull | 6 |",
            "6 birds in total, 5 of them pelicans", "six birds, and one is not a pelican",
            "I would have said 6, but it is 7.", "The caption says 6, which is false.",
            "You might think it is 6.", "6 was my first thought.", "There used to be 6.",
            "It isn't true that there are 6 pelicans.", "There are 6 pelicans in the other picture.",
            "Had I counted the gull, 6.", "A trick question: not 6!", "Far from 6", "6 is off by one",
            "6 pelicans short of 10", "6 pelicans have left, 5 remain", "Row 6", "See figure 6.",
            "There are 6 legs.", "图里有6只鸟，其中5只是鹈鹕。", "6只飞走了，还剩5只。",
            "看起来像6只，其实不是。", "原来有6只。", "有同学数成6只。", "6只海鸥，没有鹈鹕。",
            "比5只多，比7只少。", r"I first had \boxed{6} but the final answer is 5.",
            r"\boxed{6 \text{ gulls, } 5 \text{ pelicans}}",
            "If the answer were 6, there would be no gull.", "6 pelicans? I only see 5.",
            "Would you believe 6?", "6 minus the one in the mirror", "The count lies above 5 and below 7.",
            "ducks 6", "6 ducks and 5 pelicans", "gulls: 6, pelicans: 5", "Were there 6?",
            "Six pelicans flew away and 5 stayed.", "there will soon be 6 pelicans", "I wish there were 6",
            "6, according to the label, but I see 5", "5 pelicans, so 6 birds with the gull",
            "鹈鹕5只海鸥6只", "6只是昨天的数", "图上写着6，实际是5。",
            r"\boxed{\text{pelicans } 5, \text{gulls } 6}", "My sister counts 6.",
            "6 pelicans would fit here",
        ],
        "unclear": [
            "There are some pelicans.", "5 pelicans on the left, 6 on the right", "I cannot count them.",
            "Either 6 or 7 pelicans", "5, 6", "数不清。", "有几只鹈鹕。",
        ],
    },
    "flow": {
        "right": [
            "**61**", "It prints `61`.", "Output: `61`", "```\n61\n```", "答：61", "程序最终输出 61。",
            "输出结果为**61**", "x goes 1, 5, 13, 29, 61, so it prints 61.",
            "The loop ends with x = 61, which is printed.", "The program will output the number 61.",
            "六十一", "sixty-one", r"$\boxed{61}$", "1 → 5 → 13 → 29 → 61\n\nAnswer: 61",
            "The answer is 61, because the loop stops once x is at least 50.",
            "It prints 61 since 61 > 50.", "The values are 1, 5, 13, 29, 61; therefore it prints 61.",
            "It prints 61 because 61 is greater than 50.", "程序打印61。", "Final x: 61",
        ],
        "never right": [
            "It prints 61 times.", "The 61st value", "It prints 29 instead of 61.", "x stops short of 61",
            "61 comes out wrong", "It loops 61 times", "61 and 29", "does not reach 61",
            "the program crashes before printing 61", "It prints 61 only if x starts at 2.",
            "输出61之前就停止了", "循环61次", "61 > x", r"\boxed{61 \text{ times}}",
            "so it prints 61 or 29", "It prints the first 61 numbers", "It prints 61 more",
            "It printed 61 yesterday", "循环到61之前结束",
        ],
        "unclear": [
            "1, 5, 13, 29, 61", "It prints x.", "nothing", "29 or 61",
        ],
    },
    "sofa": {
        "right": [
            "**3,159,000 cm³**", "Answer: 3,159,000 cubic centimeters.",
            "答：这个沙发的体积是3159000立方厘米。", "The sofa takes up a volume of 3.159 m^3.",
            "V = 3159000 cm^3", "The total volume is 2430000 + 729000 = 3159000 cm³.",
            "沙发的体积为 3159000 cm^3。", r"$V = 3159000 \text{ cm}^3$",
            r"$$V = 3{,}159{,}000\ \mathrm{cm}^3$$", "三百一十五万九千立方厘米。",
            "So the volume is 3 159 000 cubic centimetres (3.159 cubic metres).",
            r"\boxed{3.159\,\mathrm{m^3}}", "Volume: **3.159 m³** (= 3,159,000 cm³)", "体积：3.159 立方米",
            "It's 3.159 m³, so 3,159,000 cm³.", "Together that makes 3159000 cm³.", "所以体积是 3.159 m³。",
            "V = 2430000 + 729000 = 3159000 (cm³)",
        ],
        "never right": [
            "3,159 cm³", "31.59 m³", "3159000 cm² of cloth", "The surface is 3159000 cm².", "3159000 kg",
            "3.159 m", "大约3.159立方米以上", "3159000立方分米", "3,159,000 cm³ less the legs", "3.159.000",
            "volume > 3.159 m³", "3.159 m³ is too small", "3159000 g", r"\boxed{3159000 \text{ cm}^2}",
            r"\boxed{3.159 \text{ cm}^3}", "3.159 cm", "3159000 cm³ without the armrest", "3159 dm²",
            "3159000 cm3 or 3159 cm3",
        ],
        "unclear": [
            "2430000 cm³ and 729000 cm³", "300 cm, 180 cm, 90 cm", "length times width times height",
        ],
    },
    "incline": {
        "right": [
            "**0.8 m**", "CD = 0.8 m", "The length of CD is 0.8 m.", "80 cm", "答：CD段长0.8米。",
            "CD = 0.8米", r"$CD = 0.8\text{ m}$", r"\boxed{0.8\,\text{m}}", r"\boxed{\frac{4}{5}\text{ m}}",
            "CD is 0.8 metres long.", "L = 0.8 m", "so CD = v²/(2a) = 16/20 = 0.8 m", "零点八米",
            "CD段的长度是0.8 m。", "0.80 meters", "CD is 0.8 m, because v² = 2aL.",
            "The segment CD measures 80 cm.", "CD = 4/5 m", "CD的长度为0.8米。",
        ],
        "never right": [
            "0.8 cm", "8 m", "4 m", "BC = 0.8 m", "0.8 m/s", "0.8 m²", "0.8 s", "more than 0.8 m",
            "0.8 or 4 m", "CD ≠ 0.8 m", "AB = 0.8 m, CD = 4 m", "0.8 km", "不到0.8米", "0.8 m too short",
            "0.8 kg", "μ = 0.8", "AC = 0.8 m", "AD是0.8米", "CD is 0.8 m longer than BC",
            "CD = 0.8 m - 0.1 m", "the cord is 0.8 m short",
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize(("family", "text", "expected"), listed(ANSWERS))
def test_a_count_or_a_measure_is_read_as_it_is_meant(family, text, expected):
    assert agrees(family, text, expected)
