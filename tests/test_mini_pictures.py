"""What qvq-mini is shown in training is what the real processor shows it."""

import unicodedata
from random import Random

import numpy
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, strategies
from transformers import AutoProcessor, Qwen2VLForConditionalGeneration

from qvq_mini import augment, batches, samples, typefaces
from qvq_mini.families import TAUGHT
from qvq_mini.tokenizer import build_tokenizer
from qvq_nb.cases import LANGUAGES, family_module
from qvq_nb.cases.drawing import Canvas, Style


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
@pytest.mark.parametrize("family", TAUGHT)
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
@pytest.mark.parametrize("source", ["reading", *TAUGHT])
def test_every_copied_character_points_to_the_place_it_is_copied_from(source, size, monkeypatch):
    monkeypatch.setattr(samples, "UNANSWERABLE_SHARE", 0)
    monkeypatch.setattr(samples, "CUT_SHARE", 0)
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


@pytest.mark.parametrize("family", TAUGHT)
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
