"""What qvq-mini is shown is what the real processor shows it, and what it is taught is true."""

import copy
import os
import subprocess
import sys
import unicodedata
from pathlib import Path
from random import Random

import numpy
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, strategies
from transformers import AutoProcessor, Qwen2VLForConditionalGeneration

import qvq_nb.cases
from qvq_mini import augment, batches, families, samples, thinking, typefaces
from qvq_mini.card import statements
from qvq_mini.drills import arithmetic, reading
from qvq_mini.families import not_seen, trace
from qvq_mini.thinking import comparisons, product, product_rule
from qvq_mini.tokenizer import build_tokenizer
from qvq_nb.cases import FAMILIES, LANGUAGES, case, family_module
from qvq_nb.cases.drawing import Canvas, Style
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


# -- tokens and pictures


@pytest.fixture(scope="module", params=["shipped", pytest.param("made anew", marks=pytest.mark.slow)])
def either_tokenizer(request, tokenizer):
    return tokenizer if request.param == "shipped" else build_tokenizer(*samples.vocabulary_texts())


@given(strategies.text())
def test_any_text_survives_the_tokenizer(either_tokenizer, text):
    ids = either_tokenizer(text, add_special_tokens=False).input_ids
    said = either_tokenizer.decode(ids, clean_up_tokenization_spaces=False)
    assert said == unicodedata.normalize("NFC", text)


def test_digits_and_copied_names_are_spelled(either_tokenizer):
    ids = either_tokenizer("3159000 QwQ-32B chalcopyrite").input_ids
    words = either_tokenizer.convert_ids_to_tokens(ids)
    assert words[:7] == list("3159000")
    assert max(map(len, words)) <= 4


@pytest.mark.parametrize("size", [None, (392, 308)])
@pytest.mark.parametrize("family", FAMILIES)
def test_training_pictures_and_positions_are_those_of_the_real_processor(family, size, untrained):
    processor = AutoProcessor.from_pretrained(untrained, local_files_only=True)
    model = Qwen2VLForConditionalGeneration.from_pretrained(untrained, local_files_only=True)
    sample = samples.case_sample(family, Random(3), size)
    row = batches.encode(sample, processor.tokenizer, Random(1))
    messages = [
        {"role": "system", "content": samples.SYSTEM_PROMPTS[Random(1).randrange(2)]},
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": sample.question}]},
    ]
    prompt = processor.apply_chat_template(messages, add_generation_prompt=True) + sample.reply + "<|im_end|>"
    real = processor(text=[prompt], images=[sample.image], return_tensors="pt")
    assert numpy.allclose(batches.patches(sample.image), real.pixel_values.numpy(), atol=1e-2)
    assert row["input_ids"] == real.input_ids[0].tolist()
    positions, _ = model.model.get_rope_index(real.input_ids, real.mm_token_type_ids, real.image_grid_thw)
    assert (positions[:, 0].numpy() == row["positions"]).all()


def test_a_glyph_target_stands_in_its_patch():
    canvas = Canvas(56, 28, Style())
    canvas.text(30, 20, "7", 16)  # the patch of column 2, row 1: token 1, third of its four patches
    sample = samples.Sample(canvas.image(), "", [], glyphs=canvas.glyphs)
    targets = batches.glyph_targets(sample, {"7": 5})
    assert targets[4 + 2].tolist() == [5, 0] and targets.sum() == 5


@pytest.mark.parametrize("size", [None, (448, 308)])
@pytest.mark.parametrize("source", ["reading", *FAMILIES])
def test_every_copied_character_points_to_the_place_it_is_copied_from(source, size, always):
    always(slips=0.3, follow_up=0.35)
    pointed = read = 0
    for seed in range(40):
        sample = samples.sample_from(source, Random(seed), size)
        copied = batches.copied_from(sample)
        pointed += len(copied)
        read += sum(len(piece.text.replace(" ", "")) for piece in sample.pieces if piece.key and piece.taught)
        for index, glyph in copied.items():
            drawn = glyph.character.replace("−", "-").replace("′", "'")
            assert source == "recognition" or drawn == sample.reply[index]
            token = batches.visual_token(sample, glyph)
            if token is None:
                assert not (0 <= glyph.x < sample.image.width and 0 <= glyph.y < sample.image.height)
                continue
            row, column = divmod(token, sample.image.width // 28)
            assert 28 * row <= glyph.y < 28 * (row + 1) and 28 * column <= glyph.x < 28 * (column + 1)
    assert pointed >= 0.95 * read > 0


@pytest.mark.parametrize("family", FAMILIES)
def test_a_picture_in_other_looks_shows_ink_where_its_glyphs_are(family):
    for seed in range(15):
        random = Random(seed)
        size = augment.any_size(random)
        facts, language = family_module(family).sample(random), random.choice(LANGUAGES)
        drawn = augment.other(family, facts, language, random, size)
        assert drawn.image.size == size and size[0] % 28 == size[1] % 28 == 0
        pixels = numpy.asarray(drawn.image.convert("L"), dtype=float)
        seen, inside, near = 0, 0, 16 if family == "recognition" else 6
        for glyph in drawn.glyphs:
            x, y = int(glyph.x), int(glyph.y)
            if 8 <= x < size[0] - 8 and 8 <= y < size[1] - 8 and glyph.character not in ".-−'′,·":
                inside += 1
                around = pixels[max(y - near, 0) : y + near + 1, max(x - near, 0) : x + near + 1]
                seen += numpy.ptp(around) > 40
        assert seen >= 0.9 * inside


def test_no_minus_or_prime_is_drawn_with_a_font_that_lacks_it():
    fonts, _ = typefaces.installed()
    for file in fonts:
        if file.name not in typefaces.WITHOUT_SIGNS:
            assert {ord("−"), ord("′")} <= set(TTFont(file).getBestCmap()), file.name


# -- what is taught


@pytest.mark.parametrize("family", FAMILIES)
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


@pytest.mark.parametrize("family", FAMILIES)
def test_the_second_reading_and_the_answer_are_true_whatever_the_first_one_was(family, always):
    always(slips=1)
    for seed in range(20):
        drawn = case(family, seed)
        reply = joined(families.reply(family, drawn.facts, "en", random=Random(seed)))
        assert drawn.check(reply).ok
        right, stated = statements.score(family, drawn.facts, "en", reply)
        assert right >= stated - 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", FAMILIES)
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


@pytest.mark.parametrize("family", FAMILIES)
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
    for source in (*FAMILIES, "reading", "arithmetic"):
        samples.sample_from(source, Random(0))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", FAMILIES)
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


@pytest.mark.parametrize("family", FAMILIES)
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
@pytest.mark.parametrize("family", FAMILIES)
def test_not_seeing_is_never_graded_right(family, language):
    told = not_seen(family, language)
    assert not any(case(family, seed, language).check(told).ok for seed in (None, 1, 2, 3))


def test_a_question_that_the_picture_does_not_answer_is_answered_so(always):
    always(unanswerable=1)
    said = {not_seen(family, language): family for family in FAMILIES for language in LANGUAGES}
    assert len(said) == len(FAMILIES) * len(LANGUAGES)
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
