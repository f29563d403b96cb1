"""The child with three sex chromosomes: every way of dividing is tried again, and choices are graded."""

from itertools import combinations

import pytest

from qvq_nb.cases import case, facts_and_style
from qvq_nb.cases.science import meiosis

SEEDS = range(200)


def drawn_chromosomes(seed: int | None, language: str, wide: bool) -> list[list[str]]:
    """The chromosomes of father, mother and child as they are written in the picture."""
    facts, style = facts_and_style("meiosis", seed, wide)
    places = meiosis.draw(facts, style, language).places
    texts = ("".join(glyph.character for glyph in places[name]) for name in ("father", "mother", "child"))
    return [text.replace("X", " X").replace("Y", " Y").split() for text in texts]


def causes_by_chromatids(father: list[str], mother: list[str], child: list[str]) -> set[str]:
    """Every two of a parent's four chromatids in one gamete: sisters by an error in II, others in I."""
    found = set()
    for name, parent, other in (("father", father, mother), ("mother", mother, father)):
        chromatids = [(number, chromosome) for number, chromosome in enumerate(parent) for _ in range(2)]
        for (first, one), (second, two) in combinations(chromatids, 2):
            for single in other:
                if sorted((one, two, single)) == sorted(child):
                    found.add(f"{name} {'II' if first == second else 'I'}")
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("wide", [False, True])
def test_the_truth_is_the_only_cause_of_the_drawn_child(wide, language):
    for seed in SEEDS if wide else (None, *SEEDS):
        one = case("meiosis", seed, language, wide=wide)
        family = drawn_chromosomes(seed, language, wide)
        assert causes_by_chromatids(*family) == {one.facts["answer"]}, seed
        assert one.facts["options"]["ABCD".index(one.truth)] == one.facts["answer"]


def test_every_cause_and_every_letter_is_the_answer_of_some_case():
    drawn = [case("meiosis", seed, wide=wide) for seed in range(60) for wide in (False, True)]
    assert {one.facts["answer"] for one in drawn} == set(meiosis.CAUSES)
    assert {one.truth for one in drawn} == set("ABCD")


def test_a_child_with_two_possible_causes_is_known_as_such():
    assert meiosis.causes(["X1", "Y"], ["X2", "X2"], ["X1", "X2", "X2"]) == ["mother I", "mother II"]
    assert meiosis.causes(["X1", "Y"], ["X2", "X3"], ["X4", "X2", "Y"]) == []


@pytest.mark.parametrize(
    "answer, outcome",
    [
        (r"\boxed{A}", "right"),
        ("The child has X1 and Y from its father, so the answer is A.", "right"),
        ("A. father, meiosis I", "right"),
        ("father, meiosis I", "right"),
        (r"\boxed{B}", "wrong"),
        ("mother, meiosis I", "wrong"),
        ("The answer is C.", "wrong"),
        ("A or C", "unclear"),
        ("It is not A.", "unclear"),
    ],
)
def test_an_answer_is_graded(answer, outcome):
    assert case("meiosis").check(answer).outcome == outcome


def test_a_chinese_option_is_graded():
    one = case("meiosis", language="zh")
    assert one.check("答案是A").ok and one.check("父亲减数第一次分裂").ok and one.check("选 A。").ok
    assert one.check("父亲减数第二次分裂").outcome == "wrong"
