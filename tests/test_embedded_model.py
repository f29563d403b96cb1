"""qvq-mini reads the picture: its answers follow the pixels, and nothing is left of them on a blank sheet."""

import json

import pytest
from PIL import Image

from qvq_mini import families
from qvq_mini.families import TAUGHT
from qvq_nb import case
from qvq_nb.cases import EVALUATION_SEEDS_FROM, LANGUAGES
from qvq_nb.paths import data_folder

SAME_QUESTION = ("recognition", "invoice", "chemistry", "sofa")  # for every picture of the family
SEEDS = range(EVALUATION_SEEDS_FROM, EVALUATION_SEEDS_FROM + 6)


@pytest.fixture(scope="module")
def floor():
    """What the weights are known to reach, kept beside them."""
    return json.loads((data_folder() / "qvq-mini" / "floor.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def fresh(reasoner):
    """Fresh cases of the families whose question never changes, each with the model's answer."""
    cases = [
        case(family, seed, language)
        for family, language in zip(SAME_QUESTION, LANGUAGES * 2)
        for seed in SEEDS
    ]
    return [(drawn, reasoner.ask(drawn.image, drawn.question)) for drawn in cases]


def test_the_same_question_on_another_picture_gives_that_pictures_answer(fresh, floor):
    right = sum(drawn.check(answer).ok for drawn, answer in fresh)
    pairs = [
        (drawn, other, answer)
        for drawn, _ in fresh
        for other, answer in fresh
        if drawn.family == other.family and drawn.truth != other.truth
    ]
    assert all(drawn.question == other.question for drawn, other, _ in pairs)
    mistaken = sum(drawn.check(answer).ok for drawn, _, answer in pairs)
    assert right / len(fresh) >= floor["fresh_accuracy"]
    assert mistaken / len(pairs) < right / len(fresh) / 2


def test_on_a_blank_picture_the_accuracy_falls(fresh, reasoner):
    right = sum(drawn.check(answer).ok for drawn, answer in fresh)
    blank = {}
    for drawn, _ in fresh:
        if (drawn.family, drawn.language) not in blank:
            sheet = Image.new("RGB", drawn.image.size, "white")
            blank[drawn.family, drawn.language] = reasoner.ask(sheet, drawn.question)
    guessed = sum(drawn.check(blank[drawn.family, drawn.language]).ok for drawn, _ in fresh)
    assert guessed < right / 2


OTHER_WORDS = {
    "recognition": ("Could you count how many pelicans stand here?", "请问这里站着多少只鹈鹕？"),
    "invoice": ("Could you tell me what the taxes on this invoice add up to?",
                "请问这张发票上所有税额加起来是多少？"),
    "chart": ("According to the chart, what is the best result that {} gets?",
              "根据图表，{} 取得的最好结果是多少？"),
    "chemistry": ("Could you tell me which substance filtrate E is?", "请问滤液E到底是哪种化学物质？"),
    "sofa": ("Could you work out how big the volume of this couch is?", "请问这张沙发的体积到底有多大？"),
    "derivative": ("With h(x) = f(x) · g(x), what value does h'({}) have according to the table?",
                   "若 h(x) = f(x) · g(x)，按照表格 h'({}) 是多少？"),
}  # fmt: skip


def test_the_other_words_are_not_those_of_the_training():
    for family, questions in OTHER_WORDS.items():
        for language, question in zip(LANGUAGES, questions):
            assert (
                question.replace("{}", "{model}" if family == "chart" else "{x}")
                not in families.module(family).WORDINGS[language]
            )
            how, what, where = families.module(family).PARTS[language]
            composed = {
                one.format(two + three if language == "en" else three + two)
                for one in how
                for two in what
                for three in where
            }
            assert question.replace("{}", "{model}" if family == "chart" else "{x}") not in composed


def test_a_question_in_other_words_is_answered_as_well(reasoner, floor):
    right = 0
    for family, questions in OTHER_WORDS.items():
        for language, seed, question in zip(
            LANGUAGES * 2, range(EVALUATION_SEEDS_FROM + 50, EVALUATION_SEEDS_FROM + 54), questions * 2
        ):
            drawn = case(family, seed, language)
            asked = drawn.facts.get("asked", drawn.facts.get("x"))
            right += drawn.check(reasoner.ask(drawn.image, question.format(asked))).ok
    assert right / 24 >= floor["other_words"]


def test_another_question_about_the_same_picture_gets_its_own_answer(reasoner, floor):
    right = total = 0
    for family in TAUGHT:
        for language, seed in zip(
            LANGUAGES * 2, range(EVALUATION_SEEDS_FROM + 60, EVALUATION_SEEDS_FROM + 64)
        ):
            drawn = case(family, seed, language)
            asked = drawn.follow_up(seed)
            right += asked.check(reasoner.ask(asked.image, asked.question)).ok
            total += 1
    assert right / total >= floor["follow_ups"]


def test_a_picture_of_another_family_gets_no_invented_answer(reasoner, floor):
    seen = 0
    for number, family in enumerate(TAUGHT):
        for language, said in (("en", "not visible"), ("zh", "看不到")):
            shown = case(TAUGHT[number - 1], EVALUATION_SEEDS_FROM + 70, language)
            seen += said in reasoner.ask(shown.image, case(family, language=language).question).final
    assert seen / 12 >= floor["not_seen"]


@pytest.mark.parametrize("family", TAUGHT)
def test_on_a_blank_picture_it_says_that_it_sees_nothing(family, reasoner):
    for language, said in (("en", "not visible"), ("zh", "看不到")):
        drawn = case(family, language=language)
        answer = reasoner.ask(Image.new("RGB", drawn.image.size, "white"), drawn.question)
        assert said in answer.final


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_thinks_in_the_language_of_the_question_and_ends_by_itself(reasoner, language):
    for family in TAUGHT:
        drawn = case(family, language=language)
        answer = reasoner.ask(drawn.image, drawn.question)
        assert answer.language == language and answer.stop_reason == "end", family
        assert answer.thinking.strip() and answer.final.strip(), family


def test_the_weights_are_small_safe_and_of_the_72bs_architecture():
    folder = data_folder() / "qvq-mini"
    assert json.loads((folder / "config.json").read_text())["architectures"] == [
        "Qwen2VLForConditionalGeneration"
    ]
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 32_000_000
    assert not [
        file.name for file in folder.iterdir() if file.suffix in (".bin", ".pt", ".pth", ".pkl", ".py")
    ]
