"""The foreign drawings: repeatable, with the kit's own question and truth, and graded by the kit's check."""

from random import Random
from types import SimpleNamespace

import pytest

from qvq_mini.families import TAUGHT
from qvq_mini.foreign.counting import ask, counts, table
from qvq_mini.foreign.facts import SEEDS_FROM, facts_of
from qvq_mini.foreign.pictures import module, pictures
from qvq_nb.cases import family_module
from qvq_nb.evaluation.counting import SEEDS

SEED = 21_000_000  # not among the seeds that are asked about by default
WITHOUT_A_BROWSER = [(kind, family) for kind in ("restyled", "matplotlib") for family in TAUGHT]
SHOWN = {
    "invoice": lambda facts: (
        [line[name] for line in facts["lines"] for name in ("item", "amount", "tax")] + [facts["total_tax"]]
    ),
    "chart": lambda facts: [*facts["benchmarks"], *sum(facts["values"].values(), [])],
    "chemistry": lambda facts: [
        facts["ore"],
        facts["reagent"],
        f"{facts['displacer']} powder",
        f"crude {facts['won']}",
        "filtrate E",
    ],
    "sofa": lambda facts: [f">{facts[name]}" for name in ("long", "short", "depth", "height")],
    "derivative": lambda facts: [f">{value}<" for row in facts["table"] for value in row.values()],
}


class Model:
    """Answers every question with the same words."""

    def __init__(self, words):
        self.words = words

    def ask(self, image, question):
        return SimpleNamespace(final=self.words, thinking="", stop_reason="end", seconds=0.1)


@pytest.mark.parametrize(("kind", "family"), WITHOUT_A_BROWSER)
def test_a_picture_is_rgb_and_carries_the_question_and_truth_of_its_facts(kind, family):
    for case in pictures(kind, family, (SEED, SEED + 1)):
        drawn = family_module(family)
        assert case.image.mode == "RGB" and min(case.image.size) > 100
        assert case.question == drawn.question(case.facts, case.language)
        assert case.truth == drawn.target(case.facts, case.language).expected
        assert len(set(case.image.convert("L").tobytes())) > 10  # something is drawn on it


@pytest.mark.parametrize(("kind", "family"), WITHOUT_A_BROWSER)
def test_a_seed_gives_the_same_picture_again_and_another_seed_another(kind, family):
    first, again, other = (pictures(kind, family, [seed])[0] for seed in (SEED, SEED, SEED + 2))
    assert first.image.tobytes() == again.image.tobytes() and first.facts == again.facts
    assert first.image.tobytes() != other.image.tobytes() and first.facts != other.facts


@pytest.mark.parametrize("family", SHOWN)
def test_the_page_for_the_browser_shows_every_number_and_word_of_the_facts(family):
    facts = facts_of(family, SEED)
    _, _, page = module(family).page(facts, "en", Random(SEED))
    page = page.replace(",</text>", ",")
    assert [text for text in SHOWN[family](facts) if text not in page] == []


def test_every_family_but_the_birds_has_a_page_for_the_browser():
    assert [family for family in TAUGHT if module(family).page is None] == ["recognition"]
    assert pictures("html", "recognition", [SEED]) == []


def test_the_right_answer_is_counted_right_and_a_wrong_one_wrong():
    [case] = pictures("matplotlib", "sofa", [SEED])
    right, wrong = (ask(Model(words), "matplotlib", case) for words in (case.truth, "1 cm³"))
    assert (right["ok"], wrong["ok"]) == (True, False)
    counted = counts([right, wrong, wrong])
    assert {(line["family"], line["kind"]): (line["right"], line["total"]) for line in counted} == {
        ("sofa", "matplotlib"): (1, 3),
        ("all", "matplotlib"): (1, 3),
        ("all", "all"): (1, 3),
    }
    assert str(table(counted)).splitlines()[1].split() == [
        "sofa",
        "matplotlib",
        "1",
        "3",
        *["33.3", "%", "6.1", "%", "79.2", "%"],
    ]


def test_languages_take_turns():
    drawn = pictures("restyled", "sofa", range(SEED, SEED + 4))
    assert [case.language for case in drawn] == ["en", "zh", "en", "zh"]


def test_no_seed_of_the_training_or_of_the_evaluation_is_asked():
    assert max(SEEDS) < SEEDS_FROM
