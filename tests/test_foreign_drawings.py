"""The foreign drawings: repeatable, with the kit's own question and truth, and graded by the kit's check."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from qvq_nb.cases import FAMILIES, family_module

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
if not BENCHMARKS.is_dir():
    pytest.skip("these tests need the checkout", allow_module_level=True)
sys.path.insert(0, str(BENCHMARKS))
import foreign_drawings as foreign  # noqa: E402

SEED = 21_000_000  # not among the seeds that the benchmark asks about by default
WITHOUT_A_BROWSER = [(kind, family) for kind in ("restyled", "matplotlib") for family in FAMILIES]


class Model:
    """Answers every question with the same words."""

    def __init__(self, words):
        self.words = words

    def ask(self, image, question):
        return SimpleNamespace(final=self.words, thinking="", stop_reason="end", seconds=0.1)


@pytest.mark.parametrize(("kind", "family"), WITHOUT_A_BROWSER)
def test_a_picture_is_rgb_and_carries_the_question_and_truth_of_its_facts(kind, family):
    for case in foreign.pictures(kind, family, (SEED, SEED + 1)):
        module = family_module(family)
        assert case.image.mode == "RGB" and min(case.image.size) > 100
        assert case.question == module.question(case.facts, case.language)
        assert case.truth == module.target(case.facts, case.language).expected
        assert len(set(case.image.convert("L").tobytes())) > 10  # something is drawn on it


@pytest.mark.parametrize(("kind", "family"), WITHOUT_A_BROWSER)
def test_a_seed_gives_the_same_picture_again_and_another_seed_another(kind, family):
    first, again, other = (foreign.pictures(kind, family, [seed])[0] for seed in (SEED, SEED, SEED + 2))
    assert first.image.tobytes() == again.image.tobytes() and first.facts == again.facts
    assert first.image.tobytes() != other.image.tobytes() and first.facts != other.facts


@pytest.mark.parametrize(("family", "write"), [
    ("invoice", foreign.html_invoice), ("chart", foreign.html_chart), ("chemistry", foreign.svg_flow_chart),
    ("sofa", foreign.svg_sofa), ("derivative", foreign.html_derivative),
])  # fmt: skip
def test_the_page_for_the_browser_shows_every_number_and_word_of_the_facts(family, write):
    facts = foreign.facts_of(family, SEED)
    shown = {
        "invoice": lambda: (
            [line[name] for line in facts["lines"] for name in ("item", "amount", "tax")]
            + [facts["total_tax"]]
        ),
        "chart": lambda: [
            *facts["benchmarks"],
            *(value for values in facts["values"].values() for value in values),
        ],
        "chemistry": lambda: [
            facts["ore"],
            facts["reagent"],
            f"{facts['displacer']} powder",
            f"crude {facts['won']}",
            "filtrate E",
        ],
        "sofa": lambda: [f">{facts[name]}" for name in ("long", "short", "depth", "height")],
        "derivative": lambda: [f">{value}<" for row in facts["table"] for value in row.values()],
    }[family]()
    _, _, page = write(facts, "en", foreign.Random(SEED))
    assert [text for text in shown if text not in page.replace(",</text>", ",")] == []


def test_the_right_answer_is_counted_right_and_a_wrong_one_wrong():
    [case] = foreign.pictures("matplotlib", "sofa", [SEED])
    right, wrong = (foreign.ask(Model(words), "matplotlib", case) for words in (case.truth, "1 cm³"))
    assert (right["ok"], wrong["ok"]) == (True, False)
    lines = {
        (line["family"], line["kind"]): (line["right"], line["total"])
        for line in foreign.table([right, wrong, wrong])
    }
    assert lines == {("sofa", "matplotlib"): (1, 3), ("all", "matplotlib"): (1, 3), ("all", "all"): (1, 3)}


def test_languages_take_turns():
    assert [case.language for case in foreign.pictures("restyled", "sofa", range(SEED, SEED + 4))] == [
        "en",
        "zh",
        "en",
        "zh",
    ]


def test_no_seed_of_the_training_or_of_the_evaluation_is_asked():
    from qvq_nb.evaluation.counting import SEEDS

    assert max(SEEDS) < foreign.SEEDS_FROM
