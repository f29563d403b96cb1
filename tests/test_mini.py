"""What qvq-mini is taught is true, and nothing else is taught."""

import copy
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

import qvq_nb.cases
from qvq_mini import batches, families, samples, thinking
from qvq_mini.card import statements
from qvq_mini.drills import arithmetic, reading
from qvq_mini.families import TAUGHT, not_seen, trace
from qvq_mini.thinking import comparisons, product, product_rule
from qvq_nb.cases import LANGUAGES, case, family_module
from qvq_nb.cases.follow_up import follow_up

SHARES = ("UNANSWERABLE_SHARE", "FOLLOW_UP_SHARE", "CUT_SHARE")


@pytest.fixture
def always(monkeypatch):
    """A function that sets the shares of special samples; those that it is not told are 0."""

    def set_shares(slips=0.0, **shares):
        for name in SHARES:
            monkeypatch.setattr(samples, name, shares.get(name.removesuffix("_SHARE").lower(), 0))
        monkeypatch.setattr(thinking, "SLIP_SHARE", slips)

    return set_shares


def taught(sample, tokenizer) -> str:
    """What of a sample's reply the model learns to write."""
    row = batches.encode(sample, tokenizer, Random(1))
    return tokenizer.decode([label for label in row["labels"] if label != batches.IGNORED])


def joined(pieces) -> str:
    return "".join(piece.text for piece in pieces)


@pytest.mark.parametrize("family", TAUGHT)
def test_a_slip_is_shown_and_never_taught(family, always, tokenizer):
    always(slips=1)
    slipped = 0
    for seed in range(20):
        sample = samples.case_sample(family, Random(seed))
        slipped += not all(piece.taught for piece in sample.pieces)
        learned = taught(sample, tokenizer)
        whole = joined(piece for piece in sample.pieces if piece.taught)
        left = iter(whole + "<|im_end|>")
        assert all(character in left for character in learned)  # nothing but the true text, in its order
        # A token that holds a slip may hold a few letters before it.
        assert len(whole) - 12 < len(learned) - len("<|im_end|>")
    assert slipped >= 15


def test_where_the_thinking_is_cut_only_the_final_answer_is_taught(always, tokenizer):
    always(slips=0.3, follow_up=0.35, cut=1)
    lengths = set()
    for seed in range(20):
        sample = samples.case_sample("sofa", Random(seed))
        *before, final = sample.pieces
        assert final.text.startswith("\n\n**") and final.taught and not any(piece.taught for piece in before)
        learned = taught(sample, tokenizer)
        assert learned.strip("\n").startswith("**") and learned.endswith("<|im_end|>")
        lengths.add(len(joined(before)))
    assert len(lengths) > 10


@pytest.mark.parametrize("family", TAUGHT)
def test_the_second_reading_and_the_answer_are_true_whatever_the_first_one_was(family, always):
    always(slips=1)
    for seed in range(20):
        drawn = case(family, seed)
        reply = joined(families.reply(family, drawn.facts, "en", random=Random(seed)))
        assert drawn.check(reply).ok
        right, stated = statements.score(family, drawn.facts, "en", reply)
        assert right >= stated - 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", TAUGHT)
def test_a_follow_up_is_answered_as_asked(family, language):
    kinds = set()
    for seed in range(60):
        facts = family_module(family).sample(Random(seed))
        asked = samples.ask_further(family, facts, language, Random(seed))
        truth = follow_up(family, facts, language, Random(seed)).truth
        kinds.add(asked.kind)
        reply = joined(families.reply(family, facts, language, asked))
        box = reply.rsplit("boxed{", 1)[1].replace("\\text{", "").replace("\\ ", " ").replace("\\%", "%")
        assert box.startswith(truth.replace("cm²", "").replace("cm", "").strip())
        told = [word for name, word in asked.subject.items() if name in ("model", "x", "column")]
        assert all(str(word) in asked.question for word in told)
    assert kinds == set(family_module(family).FOLLOW_UPS)


@pytest.mark.parametrize("family", TAUGHT)
def test_canonical_values_are_never_trained_on(family, always, monkeypatch):
    module = family_module(family)
    fresh = module.sample(Random(1))
    draws = iter([copy.deepcopy(module.CANONICAL), fresh])
    always()
    monkeypatch.setattr(module, "sample", lambda random: next(draws))
    sample = samples.case_sample(family, Random(2))
    assert sample.reply in (trace(family, fresh, "en"), trace(family, fresh, "zh"))


def test_training_never_draws_by_an_evaluation_seed(monkeypatch):
    def forbidden(*arguments):
        raise AssertionError("training asked for a case by its seed")

    monkeypatch.setattr(qvq_nb.cases, "facts_and_style", forbidden)
    for source in (*TAUGHT, "reading", "arithmetic"):
        samples.sample_from(source, Random(0))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", TAUGHT)
def test_every_trace_is_graded_right(family, language):
    for seed in (None, *range(25)):
        drawn = case(family, seed, language)
        told = trace(family, drawn.facts, language)
        assert drawn.check(told).ok, (seed, told)


def test_arithmetic_is_worked_out_aloud():
    assert product(351, 9) == "351×9: 9; 45+0=45; 27+4=31; 3159"
    assert comparisons(["65.2", "50.0", "86.7"]) == ["65.2>50.0: 65.2", "65.2<86.7: 86.7"]
    assert comparisons(["65.2", "50.0", "86.7"], lowest=True) == ["65.2>50.0: 50.0", "50.0<86.7: 50.0"]
    assert product_rule(-3, 1, -8, 7) == ["f'g=-8·1=-8", "fg'=-3·7=-21", "-8-21=-29"]


def test_an_exercise_in_looking_up_gives_every_name_its_number():
    for seed in range(40):
        sample = arithmetic.lookup("en", Random(seed))
        listed, asked = [], []
        for line in sample.reply.split("\n\n")[0].split("\n"):
            name, number = line.rsplit(": ", 1)
            kind = asked if name.startswith("So I read ") else listed
            kind.append((name.removeprefix("So I read "), number))
        assert [number for _, number in listed] == [str(index) for index in range(1, len(listed) + 1)]
        assert sorted(asked) == sorted(listed) and f"boxed{{{asked[-1][1]}}}" in sample.reply


def test_a_reading_exercise_shows_the_characters_that_it_asks_for():
    for seed in range(20):
        canvas, pieces = reading.draw(Random(seed))
        drawn = sorted(glyph.character for glyph in canvas.glyphs)
        asked = sorted(joined(pieces).replace(" ", "").replace("\n", ""))
        assert [character for character in drawn if character != ","] == [c for c in asked if c != ","]


@pytest.mark.parametrize("family", TAUGHT)
def test_a_question_in_other_words_asks_the_same(family):
    facts = family_module(family).sample(Random(1))
    for language, wordings in families.module(family).WORDINGS.items():
        assert len(set(wordings)) >= 10
        assert family_module(family).question(facts, language) not in wordings
        asked = {samples.ask(family, facts, language, Random(seed)) for seed in range(300)}
        assert len(asked) == len(wordings)
        wanted = {"chart": facts.get("asked"), "derivative": facts.get("x")}.get(family, "")
        assert all(str(wanted) in question for question in asked)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", TAUGHT)
def test_not_seeing_is_never_graded_right(family, language):
    told = not_seen(family, language)
    assert not any(case(family, seed, language).check(told).ok for seed in (None, 1, 2, 3))


def test_a_question_that_the_picture_does_not_answer_is_answered_so(always):
    always(unanswerable=1)
    said = {not_seen(family, language): family for family in TAUGHT for language in LANGUAGES}
    assert len(said) == len(TAUGHT) * len(LANGUAGES)
    blank = 0
    for seed in range(40):
        sample = samples.case_sample("sofa", Random(seed))
        empty = len(sample.image.getcolors(maxcolors=1_000_000)) == 1
        assert empty or said[sample.reply] != "sofa"
        blank += empty
    assert 0 < blank < 40


def test_a_seed_gives_the_same_exercise_in_every_process():
    code = (
        "from random import Random; from qvq_mini.drills.arithmetic import lookup; "
        "print([lookup('en', Random(seed)).question for seed in range(30)])"
    )
    said = set()
    for hash_seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        root = Path(__file__).resolve().parent.parent
        run = [sys.executable, "-c", code]
        said.add(subprocess.run(run, env=environment, cwd=root, capture_output=True, check=True).stdout)
    assert len(said) == 1
