"""Replies to benchmarks' questions, scored: hand-made samples of each kind in both languages."""

import pytest

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.scoring import KINDS, circular, mean_score, score

FOUR = ("12", "15", "18", "21")
ANGLES = ("30°", "60°", "90°")
ROOTS = ("3", "3 \\sqrt 2", "6", "6 \\sqrt 2")
PARTS = ("\\frac{3}{5}", "\\frac{4}{5}", "\\frac{3}{4}", "\\frac{4}{3}")

SAYS_C = [
    "C", "c", "(C)", "(c) 18", "C)", "C. 18", "C: 18", "C, 18", "C 18", "**C**", "**C. 18**", "$C$", "18",
    "Ｃ", r"\boxed{C}", r"\boxed{c}", r"\boxed{\text{C}}",
    r"\boxed{\text{(C)}}", r"\boxed{\textbf{(C) }18}",
    r"\boxed{option C}", r"\boxed{\text{The answer is C}}", r"\boxed{\textrm{C}}",
    r"\boxed{C. 18}", r"\boxed{18}", r"\boxed{选项C}", r"\boxed{\mathrm{C}}",
    r"\boxed{(C) }18", "The answer is (C).", "the answer is C", "The answer is: C", "The answer is **C**",
    "The answer is $C$", "The answer is option C: 18.", "Correct answer: (C) 18", "Answer: C", "ANSWER: C",
    "Final Answer: C", "My answer would be C.", "I believe the answer to be C.",
    "The correct option is clearly C.", "The correct choice is **(C) 18**.",
    r"The final answer is $\textbf{(C)}$", "C is the correct answer.",
    "So, the answer is C because the area is 18 and not 12.", "Option C is correct.", "I would pick (c).",
    "Among the options, only C satisfies both conditions.", "The answer is not A but C.",
    "Both A and B are wrong. The answer must be C.",
    "Looking at A, B and C, I choose option C because it fits.",
    "Option A: wrong.\nOption B: wrong.\nOption C: right.\nThus the answer: C",
    "A. wrong\nB. wrong\nC. right\nD. wrong\nTherefore, the best option is C.",
    "**Answer:** C\n\n**Explanation:** A is not right because of B.",
    "C\n\nExplanation: A is wrong. B is wrong.",
    "The sum of 12 and 6 gives the area.\nTherefore the area is 18.", "12 + 6 = 18",
    "<think>It may be A, or \\boxed{B}.</think>\n\nC",
    "A first guess is \\boxed{A}.\n\n**Final Answer**\n\n\\boxed{C}",
    "选 C", "选C", "选择C。", "我选C", "故选：C",
    "因此选C。", "应选（C）。", "答案是C", "正确答案为（C）", "**答案：C**", "【答案】C",
    "综上所述，正确答案是 C。", "所以选项C正确。",
    "因此，答案为：C. 18", "所以正确的选项是 C。", "根据图形计算得18，因此选（C）。",
    "由图可知面积为18", "**答案**\n\n$$\\boxed{C}$$",
]  # fmt: skip


@pytest.mark.parametrize("text", SAYS_C)
def test_an_option_is_read_however_it_is_chosen(text):
    verdict = score(text, "C", "choice", choices=FOUR)
    assert (verdict.outcome, verdict.got) == ("right", "C")
    assert score(text, "18", "choice", choices=FOUR).ok, "the answer may be given as the option's text"
    assert score(text, "B", "choice", choices=FOUR).outcome == "wrong"


@pytest.mark.parametrize(
    "text, gold, choices",
    [
        ("Yes, it does.", "Yes", ("Yes", "No")),
        ("No, there are not fewer cubes.", "No", ("Yes", "No")),
        ("There are fewer cubes, so yes.", "Yes", ("Yes", "No")),
        ("是的", "是", ("是", "否")),
        ("所以答案是否", "否", ("是", "否")),
        ("A cat", "cat", ("dog", "cat")),
        ("I think a cat is shown.", "cat", ("dog", "cat")),
        ("The population will increase.", "increase", ("decrease", "increase", "stay")),
        ("It is a deep blue sea.", "deep blue", ("blue", "deep blue", "red")),
        (
            "The answer is a surplus, since nobody buys. There is no shortage.",
            "surplus",
            ("shortage", "surplus"),
        ),
        ("The angle is 60°.", "60°", ANGLES),
        ("The angle is 60 degrees.", "60°", ANGLES),
        ("Therefore, ∠ABC = 60.", "60°", ANGLES),
        ("$\\angle ABC = 60^\\circ$", "60°", ANGLES),
        ("\\boxed{60^{\\circ}}", "60°", ANGLES),
        ("The length is $3\\sqrt{2}$.", "3 \\sqrt 2", ROOTS),
        ("The length is 3√2.", "3 \\sqrt 2", ROOTS),
        ("\\boxed{3 \\sqrt{2}}", "3 \\sqrt 2", ROOTS),
        ("The length is 6.", "6", ROOTS),
        ("tan A = 3/4", "\\frac{3}{4}", PARTS),
        ("tan A = 0.75", "\\frac{3}{4}", PARTS),
        ("\\boxed{0.75}", "\\frac{3}{4}", PARTS),
        ("The fraction is 3/11.", "3/11", ("3/11", "8/11", "6/11")),
        ("The fence is 40 m long.", "40m", ("10m", "20m", "40m")),
        (
            "\\boxed{16 \\text{ cm}^2}",
            "$16 \\mathrm{~cm}^{2}$",
            ("$15 \\mathrm{~cm}^{2}$", "$16 \\mathrm{~cm}^{2}$"),
        ),
        ("It costs $1,250.", "$1,250", ("$1,250", "$1,300")),
        ("\\boxed{2.5}", "2.5", ("25", "2.5")),
        ("\\boxed{S}", "S", ("P", "Q", "R", "S")),
    ],
)
def test_an_option_is_read_by_its_text_or_its_value(text, gold, choices):
    assert score(text, gold, "choice", choices=choices).ok


@pytest.mark.parametrize(
    "text, choices",
    [
        ("It is decreasing.", ("decrease", "increase")),
        ("Nobody can know.", FOUR),
        ("", FOUR),
        ("\\boxed{}", FOUR),
        ("\\boxed{2.5}", ("25", "50")),
        ("A child has seven toys.", ("one", "two")),
        ("\\boxed{A, B}", FOUR),
        ("\\boxed{\\text{A or B}}", FOUR),
        ("I see a bird.", tuple("pqrstuvwxyz"[:10])),
    ],
)
def test_a_reply_that_names_no_option_is_unclear(text, choices):
    for gold in "AB":
        assert score(text, gold, "choice", choices=choices).outcome == "unclear"


def test_the_nearest_option_stands_in_only_where_it_is_asked_for():
    reply = "The perimeter is 39 inches."
    assert score(reply, "36", "choice", choices=("36", "72")).outcome == "unclear"
    assert score(reply, "36", "choice", choices=("36", "72"), nearest=True).ok


def test_letters_alone_are_enough_where_the_options_are_not_known():
    assert score("The answer is J.", "J", "choice").ok
    assert not score("The answer is J.", "A", "choice").ok


NUMBERS = [
    ("**Final Answer**\n\n$$ \\boxed{12} $$", "12", True),
    ("\\boxed{12.7}", "12", True),  # MathVista cuts an integer
    ("\\boxed{x = 12 \\text{ cm}}", "12", True),
    ("\\boxed{2^3}", "8", True),
    ("The answer is 12.", "12", True),
    ("The answer is 8 + 10 = 18.", "18", True),
    ("The answer is **5**.", "5", True),
    ("5 years", "5", True),
    ("1,234 people", "1234", True),
    ("The population was 1 234 567.", "1234567", True),
    ("The temperature is −7 degrees.", "-7", True),
    ("It is 44%.", "44", True),
    ("There are 5 cars, 3 bikes. In total there are 5 + 3 = 8 vehicles.", "8", True),
    ("There are 8 vehicles in total: 5 cars and 3 bikes.", "8", True),
    ("The total number of vehicles is 8, of which 5 are cars.", "8", True),
    ("There are 0 bars with values smaller than 4.", "0", True),
    ("Step 1: count 3.\nStep 2: count 4.\nTotal = 7", "7", True),
    ("The sum is 2 + 2 = **4 inches**.\n\nDo you have 3 more questions?", "4", True),
    ("The gap is about 5 years (35 - 30).", "5", True),
    ("The gap is 30-35 years. So my final integer answer is: 35", "35", True),
    ("There are three dogs left.", "3", True),
    ("There is one cube left.", "1", True),
    ("The number of objects is twenty-one.", "21", True),
    ("\\(x = 5\\)", "5", True),
    ("所以最终答案是 12。", "12", True),
    ("答案：12个", "12", True),
    ("因此还剩 7 个。", "7", True),
    ("一共有三个苹果。", "3", True),
    ("图中共有十二个。", "12", True),
    ("所以面积为 12 平方厘米。", "12", True),
    ("因此∠BCH=180°-60°-90°=30°。", "30", True),
    ("It is 44%.", "0", False),
    ("The answer is not known.", "18", False),
    ("", "18", False),
]


@pytest.mark.parametrize("text, gold, right", NUMBERS)
def test_an_integer_is_read_where_a_reply_states_it(text, gold, right):
    assert score(text, gold, "integer").ok == right


@pytest.mark.parametrize(
    "text, gold, precision, right",
    [
        ("The sum is 3.456.", "3.46", 2, True),
        ("The sum is 3.444.", "3.46", 2, False),
        ("The distance is approximately 1.24 m.", "1.2", 1, True),
        ("The distance is approximately 1.26 m.", "1.2", 1.0, False),
        ("\\boxed{\\frac{10}{3}}", "3.33", 2, True),
        ("\\boxed{2\\sqrt{3}}", "3.46", 2, True),
        ("\\boxed{4.5\\pi}", "14.14", 2, True),
        ("$10.40", "10.4", 1, True),
        ("She spent \\$19.50.", "19.5", 1, True),
        ("≈ 0.67", "0.67", 2, True),
        ("The value is 2/3.", "0.67", 2, True),
        ("It is $1.5 \\times 10^{3}$.", "1500", None, True),
        ("The coordinate is -0.5.", "-0.5", 1, True),
        ("The revenue was 25.5 million dollars", "25500000", None, True),
        ("The revenue was 25.5 million dollars", "25.5", None, True),
        ("占 44%", "0.44", 2, True),
        ("占 4%", "0.0", 1, False),
        ("大约是 3.14 米。", "3.14", 2, True),
        ("0.0015", "0.0016", None, False),
    ],
)
def test_a_decimal_is_rounded_as_the_set_says(text, gold, precision, right):
    assert score(text, gold, "float", precision=precision).ok == right


@pytest.mark.parametrize(
    "text, gold, right",
    [
        ("Transformation", "transformation", True),
        ("The process is called transformation.", "Transformation", True),
        ("\\boxed{\\text{transformation}}", "Transformation", True),
        ("It is Tampa.", ["Tampa", "Florida"], True),
        ("The point is labeled C.", "C", True),
        ("Cat", "C", False),
        ("\\boxed{60 Mbps}", "60", True),
        ("Therefore, the value is $1,249.", "1249", True),
        ("The result is 8.404", "8.4", True),
        ("The result is 8.41", "8.4", False),
        ("So the probability is 1/64.", "1/64", True),
        ("\\boxed{\\frac{1}{64}}", "1/64", True),
        ("\\boxed{-120^\\circ}", "-120", True),
        ("这是转化过程", "转化", True),
    ],
)
def test_an_open_answer_is_a_number_to_two_places_or_a_text_in_the_reply(text, gold, right):
    assert score(text, gold, "text").ok == right


def test_a_box_that_was_cut_off_states_nothing():
    for kind in KINDS[:9]:
        assert score("So it is \\boxed{1", "1", kind).outcome == "unclear"


def test_circular_is_right_only_if_every_order_is_right():
    right, wrong, unclear = (score(text, "B", "choice") for text in ("B", "C", "?"))
    assert circular([right, right]).ok
    assert circular([right, wrong, unclear]).outcome == "wrong"
    assert circular([right, unclear]).outcome == "unclear"
    assert "1 of 2" in circular([right, wrong]).reason
    with pytest.raises(QvqError):
        circular([])


def test_the_mean_takes_parts_of_points_where_a_metric_gives_them():
    whole, part = score("B", "B", "choice"), score("abcd", ["abcx"], "anls")
    assert mean_score([whole, part]) == pytest.approx((1 + 0.75) / 2)


@pytest.mark.parametrize("language, word", [("en", "agrees"), ("zh", "一致")])
def test_the_reason_is_in_the_language_asked_for(language, word):
    verdict = score("\\boxed{2}", "2", "integer", language=language)
    assert word in verdict.reason and verdict.language == language


@pytest.mark.parametrize("wrong", [{"kind": "essay"}, {"kind": "expression", "precision": "about"}])
def test_a_kind_or_a_precision_that_does_not_exist_is_said_in_one_sentence(wrong):
    with pytest.raises(QvqError):
        score("1", "2", **wrong)
