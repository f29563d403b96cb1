"""How qvq-mini is made: what it is shown is what the real processor shows it, and training teaches."""

import copy
from functools import cache
from random import Random

import numpy
import pytest
import torch
from fontTools.ttLib import TTFont
from hypothesis import given, strategies
from safetensors.torch import load_file

from qvq_mini import dataset, looks, phrasings, reading, statements, traces, train, typefaces
from qvq_mini.model import build_config, build_model, save
from qvq_mini.tokenizer import build_tokenizer
from qvq_mini.traces import comparisons, not_seen, product, product_rule, trace
from qvq_nb.cases import FAMILIES, family_module
from qvq_nb.cases.drawing import Style

TINY = {
    "text": {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 3,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
    },
    "vision": {"embed_dim": 32, "depth": 1, "num_heads": 2, "mlp_ratio": 2},
}


@cache
def tokenizer():
    return build_tokenizer(*train.vocabulary_texts())


@pytest.fixture(scope="module")
def untrained(tmp_path_factory):
    """A folder with an untrained tiny model, as the trainer writes it."""
    folder = tmp_path_factory.mktemp("untrained")
    save(build_model(build_config(tokenizer(), TINY)), tokenizer(), folder)
    return folder


@given(strategies.text())
def test_any_text_survives_the_tokenizer(text):
    import unicodedata

    ids = tokenizer()(text, add_special_tokens=False).input_ids
    assert tokenizer().decode(ids, clean_up_tokenization_spaces=False) == unicodedata.normalize("NFC", text)


def test_digits_and_copied_names_are_spelled():
    words = tokenizer().convert_ids_to_tokens(tokenizer()("3159000 QwQ-32B chalcopyrite").input_ids)
    assert words[:7] == list("3159000")
    assert max(map(len, words)) <= 4


@pytest.mark.parametrize("size", [None, (392, 308)])
@pytest.mark.parametrize("family", FAMILIES)
def test_training_pictures_and_positions_are_those_of_the_real_processor(family, size, untrained):
    from transformers import AutoProcessor, Qwen2VLForConditionalGeneration

    processor = AutoProcessor.from_pretrained(untrained, local_files_only=True)
    model = Qwen2VLForConditionalGeneration.from_pretrained(untrained, local_files_only=True)
    sample = dataset.case_sample(family, Random(3), size)
    row = dataset.Batches(processor.tokenizer, {}, None, None, 0).encode(sample, Random(1))
    messages = [
        {"role": "system", "content": dataset.SYSTEM_PROMPTS[Random(1).randrange(2)]},
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": sample.question}]},
    ]
    prompt = processor.apply_chat_template(messages, add_generation_prompt=True) + sample.reply + "<|im_end|>"
    real = processor(text=[prompt], images=[sample.image], return_tensors="pt")
    assert numpy.allclose(dataset.patches(sample.image), real.pixel_values.numpy(), atol=1e-2)
    assert row["input_ids"] == real.input_ids[0].tolist()
    positions, _ = model.model.get_rope_index(real.input_ids, real.mm_token_type_ids, real.image_grid_thw)
    assert (positions[:, 0].numpy() == row["positions"]).all()


def test_a_glyph_target_stands_in_its_patch():
    from qvq_nb.cases.drawing import Canvas

    canvas = Canvas(56, 28, Style())
    canvas.text(30, 20, "7", 16)  # the patch of column 2, row 1: token 1, third of its four patches
    targets = dataset.glyph_targets(dataset.Sample(canvas.image(), "", [], glyphs=canvas.glyphs), {"7": 5})
    assert targets[4 + 2].tolist() == [5, 0] and targets.sum() == 5


@pytest.mark.parametrize("size", [None, (448, 308)])
@pytest.mark.parametrize("source", ["reading", *FAMILIES])
def test_every_copied_character_points_to_the_place_it_is_copied_from(source, size, monkeypatch):
    monkeypatch.setattr(dataset, "UNANSWERABLE_SHARE", 0)
    monkeypatch.setattr(dataset, "CUT_SHARE", 0)
    pointed = read = 0
    for seed in range(40):
        sample = dataset.sample_from(source, Random(seed), size)
        copied = dataset.copied_from(sample)
        pointed += len(copied)
        read += sum(len(piece.text.replace(" ", "")) for piece in sample.pieces if piece.key and piece.taught)
        for index, glyph in copied.items():
            drawn = glyph.character.replace("−", "-").replace("′", "'")
            assert source == "recognition" or drawn == sample.reply[index]
            token = dataset._visual_token(sample, copied, index, index + 1, 0)
            if token == dataset.IGNORED:
                assert not (0 <= glyph.x < sample.image.width and 0 <= glyph.y < sample.image.height)
                continue
            row, column = divmod(token, sample.image.width // 28)
            assert 28 * row <= glyph.y < 28 * (row + 1) and 28 * column <= glyph.x < 28 * (column + 1)
    assert pointed >= 0.95 * read > 0


@pytest.mark.parametrize("family", FAMILIES)
def test_a_picture_in_other_looks_shows_ink_where_its_glyphs_are(family):
    for seed in range(15):
        random = Random(seed)
        size = looks.any_size(random)
        drawn = looks.other(
            family, family_module(family).sample(random), random.choice(("en", "zh")), random, size
        )
        assert drawn.image.size == size and size[0] % 28 == size[1] % 28 == 0
        pixels = numpy.asarray(drawn.image.convert("L"), dtype=float)
        seen, inside, near = 0, 0, 16 if family == "recognition" else 6
        for glyph in drawn.glyphs:
            x, y = int(glyph.x), int(glyph.y)
            if 8 <= x < size[0] - 8 and 8 <= y < size[1] - 8 and glyph.character not in ".-−'′,·":
                inside += 1
                seen += (
                    numpy.ptp(pixels[max(y - near, 0) : y + near + 1, max(x - near, 0) : x + near + 1]) > 40
                )
        assert seen >= 0.9 * inside


def test_no_minus_or_prime_is_drawn_with_a_font_that_lacks_it():
    fonts, _ = typefaces.installed()
    for file in fonts:
        if file.name not in typefaces.WITHOUT_SIGNS:
            assert {ord("−"), ord("′")} <= set(TTFont(file).getBestCmap()), file.name


@pytest.mark.parametrize("family", FAMILIES)
def test_a_slip_is_shown_and_never_taught(family, monkeypatch):
    monkeypatch.setattr(dataset, "UNANSWERABLE_SHARE", 0)
    monkeypatch.setattr(dataset, "FOLLOW_UP_SHARE", 0)
    monkeypatch.setattr(dataset, "CUT_SHARE", 0)
    monkeypatch.setattr(traces, "SLIP_SHARE", 1)
    slipped = 0
    for seed in range(20):
        sample = dataset.case_sample(family, Random(seed))
        row = dataset.Batches(tokenizer(), {}, None, None, 0).encode(sample, Random(1))
        wrong = [piece.text for piece in sample.pieces if not piece.taught]
        taught = tokenizer().decode([label for label in row["labels"] if label != dataset.IGNORED])
        slipped += bool(wrong)
        whole = "".join(piece.text if piece.taught else "" for piece in sample.pieces)
        left = iter(whole + "<|im_end|>")
        assert all(character in left for character in taught)  # nothing but the true text, in its order
        assert len(whole) - 12 < len(taught) - len(
            "<|im_end|>"
        )  # a token that holds a slip may hold a few letters before it
    assert slipped >= 15


def test_where_the_thinking_is_cut_only_the_final_answer_is_taught(monkeypatch):
    monkeypatch.setattr(dataset, "UNANSWERABLE_SHARE", 0)
    monkeypatch.setattr(dataset, "CUT_SHARE", 1)
    lengths = set()
    for seed in range(20):
        sample = dataset.case_sample("sofa", Random(seed))
        *thinking, final = sample.pieces
        assert (
            final.text.startswith("\n\n**") and final.taught and not any(piece.taught for piece in thinking)
        )
        row = dataset.Batches(tokenizer(), {}, None, None, 0).encode(sample, Random(1))
        taught = tokenizer().decode([label for label in row["labels"] if label != dataset.IGNORED])
        assert taught.strip("\n").startswith("**") and taught.endswith("<|im_end|>")
        lengths.add(sum(len(piece.text) for piece in thinking))
    assert len(lengths) > 10


@pytest.mark.parametrize("family", FAMILIES)
def test_the_second_reading_and_the_answer_are_true_whatever_the_first_one_was(family, monkeypatch):
    from qvq_nb.cases import case

    monkeypatch.setattr(traces, "SLIP_SHARE", 1)
    for seed in range(20):
        drawn = case(family, seed)
        reply = "".join(piece.text for piece in traces.reply(family, drawn.facts, "en", random=Random(seed)))
        assert drawn.check(reply).ok
        right, stated = statements.score(family, drawn.facts, "en", reply)
        assert right >= stated - 1


def test_a_false_statement_is_counted():
    facts = family_module("invoice").CANONICAL
    told = trace("invoice", facts, "en")
    right, stated = statements.score("invoice", facts, "en", told)
    assert right == stated == 12
    assert statements.score("invoice", facts, "en", told.replace("1899.00", "1809.00")) == (11, 12)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_follow_up_is_answered_as_asked(family, language):
    from qvq_nb.cases.follow_up import follow_up

    kinds = set()
    for seed in range(60):
        random = Random(seed)
        facts = family_module(family).sample(random)
        asked = follow_up(family, facts, language, random)
        kinds.add(asked.kind)
        reply = "".join(piece.text for piece in traces.reply(family, facts, language, asked))
        box = reply.rsplit("boxed{", 1)[1].replace("\\text{", "").replace("\\ ", " ").replace("\\%", "%")
        assert box.startswith(asked.truth.replace("cm²", "").replace("cm", "").strip())
        assert all(
            str(word) in asked.question
            for name, word in asked.subject.items()
            if name in ("model", "x", "column")
        )
    assert kinds == set(family_module(family).FOLLOW_UPS)


@pytest.mark.parametrize("family", FAMILIES)
def test_canonical_values_are_never_trained_on(family, monkeypatch):
    module = family_module(family)
    fresh = module.sample(Random(1))
    draws = iter([copy.deepcopy(module.CANONICAL), fresh])
    monkeypatch.setattr(dataset, "UNANSWERABLE_SHARE", 0)
    monkeypatch.setattr(module, "sample", lambda random: next(draws))
    monkeypatch.setattr(dataset, "FOLLOW_UP_SHARE", 0)
    monkeypatch.setattr(dataset, "CUT_SHARE", 0)
    monkeypatch.setattr(traces, "SLIP_SHARE", 0)
    sample = dataset.case_sample(family, Random(2))
    assert sample.reply in (trace(family, fresh, "en"), trace(family, fresh, "zh"))


def test_training_never_draws_by_an_evaluation_seed(monkeypatch):
    import qvq_nb.cases

    def forbidden(*arguments):
        raise AssertionError("training asked for a case by its seed")

    monkeypatch.setattr(qvq_nb.cases, "facts_and_style", forbidden)
    for source in (*FAMILIES, "reading", "arithmetic"):
        dataset.sample_from(source, Random(0))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("family", FAMILIES)
def test_every_trace_is_graded_right(family, language):
    from qvq_nb.cases import case

    for seed in (None, *range(25)):
        drawn = case(family, seed, language)
        assert drawn.check(trace(family, drawn.facts, language)).ok, (
            seed,
            trace(family, drawn.facts, language),
        )


def test_arithmetic_is_worked_out_aloud():
    assert product(351, 9) == "351×9: 9; 45+0=45; 27+4=31; 3159"
    assert comparisons(["65.2", "50.0", "86.7"]) == ["65.2>50.0: 65.2", "65.2<86.7: 86.7"]
    assert comparisons(["65.2", "50.0", "86.7"], lowest=True) == ["65.2>50.0: 50.0", "50.0<86.7: 50.0"]
    assert product_rule(-3, 1, -8, 7) == ["f'g=-8·1=-8", "fg'=-3·7=-21", "-8-21=-29"]


def test_an_exercise_in_looking_up_gives_every_name_its_number():
    for seed in range(40):
        sample = dataset.lookup_sample("en", Random(seed))
        listed, asked = [], []
        for line in sample.reply.split("\n\n")[0].split("\n"):
            name, number = line.rsplit(": ", 1)
            (asked if name.startswith("So I read ") else listed).append(
                (name.removeprefix("So I read "), number)
            )
        assert [number for _, number in listed] == [str(index) for index in range(1, len(listed) + 1)]
        assert sorted(asked) == sorted(listed) and f"boxed{{{asked[-1][1]}}}" in sample.reply


def test_a_reading_exercise_shows_the_characters_that_it_asks_for():
    for seed in range(20):
        canvas, pieces = reading.draw(Random(seed))
        drawn = sorted(glyph.character for glyph in canvas.glyphs)
        asked = sorted("".join(piece.text for piece in pieces).replace(" ", "").replace("\n", ""))
        assert [character for character in drawn if character != ","] == [c for c in asked if c != ","]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_question_in_other_words_asks_the_same(family):
    facts = family_module(family).sample(Random(1))
    for language, templates in phrasings.PHRASINGS[family].items():
        assert len(set(templates)) >= 10
        assert family_module(family).question(facts, language) not in templates
        asked = {phrasings.ask(family, facts, language, Random(seed)) for seed in range(300)}
        assert len(asked) == len(templates)
        for wanted in (
            [facts["asked"]] if family == "chart" else [facts["x"]] if family == "derivative" else []
        ):
            assert all(str(wanted) in question for question in asked)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("family", FAMILIES)
def test_not_seeing_is_never_graded_right(family, language):
    from qvq_nb.cases import case

    assert not any(
        case(family, seed, language).check(not_seen(family, language)).ok for seed in (None, 1, 2, 3)
    )


def test_a_question_that_the_picture_does_not_answer_is_answered_so(monkeypatch):
    monkeypatch.setattr(dataset, "UNANSWERABLE_SHARE", 1)
    blank = 0
    for seed in range(40):
        sample = dataset.case_sample("sofa", Random(seed))
        asked = [
            family
            for family in FAMILIES
            for language in ("en", "zh")
            if sample.reply == not_seen(family, language)
        ]
        assert len(asked) == 1
        empty = len(sample.image.getcolors(maxcolors=1_000_000)) == 1
        assert empty or asked != ["sofa"]
        blank += empty
    assert 0 < blank < 40


def small_trainer(seed=0):
    return train.Trainer(seed, train.Stages(30, 0, 0), shape=TINY)


def small_batches(trainer):
    data = dataset.Batches(
        trainer.tokenizer, trainer.alphabet, lambda step: [("reading", 1)], lambda source: 8, 0, trainer.step
    )
    return iter(data)


def test_a_few_steps_lower_the_loss(monkeypatch):
    monkeypatch.setattr(train, "WARM_UP_STEPS", 5)
    trainer = small_trainer()
    rows = [trainer.train_step(batch) for batch, _ in zip(small_batches(trainer), range(25))]
    first, last = (sum(row["language_loss"] for row in part) / 5 for part in (rows[:5], rows[-5:]))
    assert last < first - 1


def test_a_resumed_run_continues_exactly_as_an_unbroken_one(tmp_path):
    unbroken = small_trainer()
    batches = small_batches(unbroken)
    for _ in range(2):
        unbroken.train_step(next(batches))
    unbroken.save(tmp_path)
    expected = [unbroken.train_step(next(batches)) for _ in range(2)]
    resumed = small_trainer(seed=0)
    resumed.load(tmp_path)
    assert resumed.step == 2
    batches = small_batches(resumed)
    assert [str(resumed.train_step(next(batches))) for _ in range(2)] == [str(row) for row in expected]


def test_a_vision_tower_that_is_taken_over_is_held_fast_but_for_its_merger(untrained):
    trainer = train.Trainer(1, train.Stages(30, 0, 0), shape=TINY, vision_from=untrained)
    taken = load_file(untrained / "model.safetensors")
    merger = trainer.model.model.visual.merger.mlp[0].weight.clone()
    trainer.train_step(next(small_batches(trainer)))
    tower = trainer.model.model.visual.blocks.state_dict()
    assert tower and all(
        torch.equal(value, taken[f"visual.blocks.{name}"].float()) for name, value in tower.items()
    )
    assert not torch.equal(trainer.model.model.visual.merger.mlp[0].weight, merger)


def test_the_learning_rate_warms_up_stays_and_falls_to_zero():
    stages = train.Stages(read=100, cases=200, cool=100)
    assert stages.rate(0) < 0.1 and stages.rate(150) == stages.rate(290) == 1
    assert 0 < stages.rate(399) < 0.02 and stages.rate(350) == pytest.approx(0.5)


def test_the_matrix_product_over_patches_is_the_convolution():
    patch_embed = build_model(build_config(tokenizer(), TINY)).model.visual.patch_embed
    pixels = torch.randn(8, 3 * 2 * 14 * 14)
    convolved = patch_embed(pixels)
    train.embed_patches_by_matrix(patch_embed)
    assert torch.allclose(patch_embed(pixels), convolved, atol=1e-4)


def test_training_goes_on_from_finished_weights(untrained):
    trainer = train.Trainer(0, train.Stages(0, 2, 0), start_from=untrained)
    saved = load_file(untrained / "model.safetensors")
    assert torch.equal(trainer.model.lm_head.weight, saved["model.embed_tokens.weight"].float())
    trainer.train_step(next(small_batches(trainer)))
    assert not torch.equal(trainer.model.lm_head.weight, saved["model.embed_tokens.weight"].float())
    assert not torch.equal(
        trainer.model.model.visual.blocks[0].attn.qkv.weight, saved["visual.blocks.0.attn.qkv.weight"].float()
    )
