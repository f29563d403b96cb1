"""Where the text behind a clip is placed: transformers' own way, the kit's, and that both agree where they
should."""

import pytest
import torch
from PIL import Image, ImageDraw

from qvq_nb import clip
from qvq_nb.inference.local import positions

QUESTION = "How many pelicans are there in this picture?"
SIZE = (112, 112)  # 4 cells along a side: more than 4 slices are a long clip
SHORT, LONG = 8, 16  # frames


def frames(count):
    pictures = [Image.new("RGB", SIZE, "white") for _ in range(count)]
    for number, picture in enumerate(pictures):
        ImageDraw.Draw(picture).ellipse((5 * number, 40, 5 * number + 30, 70), fill="black")
    return pictures


def inputs(reasoner, *media, padding=False):
    """What the processor makes of pictures (PIL) and clips (lists of PIL) with a question behind them."""
    kinds = [{"type": "video" if isinstance(one, list) else "image"} for one in media]
    turn = {"role": "user", "content": [*kinds, {"type": "text", "text": QUESTION}]}
    text = reasoner.processor.apply_chat_template([turn], tokenize=False, add_generation_prompt=True)
    return reasoner.processor(
        text=[text, f"{text} and" * 3] if padding else [text],
        images=[one for one in media if not isinstance(one, list)] * (4 if padding else 1) or None,
        videos=[one for one in media if isinstance(one, list)] * (4 if padding else 1) or None,
        videos_kwargs={"size": {"shortest_edge": 3136, "longest_edge": 10**6}, "cap_pixels_per_frame": False},
        padding=padding,
        padding_side="left",
        return_tensors="pt",
    )


def placed(reasoner, tensors, cured):
    """(positions, deltas) by the model's own function, or by the one that the kit put in its place."""
    network = reasoner.model.model
    given = ("input_ids", "mm_token_type_ids", "image_grid_thw", "video_grid_thw", "attention_mask")
    given = {name: tensors[name] for name in given if name in tensors}
    return (network.get_rope_index if cured else type(network).get_rope_index.__get__(network))(**given)


def test_a_picture_and_a_short_clip_are_placed_as_transformers_places_them(tiny):
    for media in ([Image.new("RGB", SIZE)], [frames(SHORT)], [Image.new("RGB", SIZE), frames(SHORT)]):
        tensors = inputs(tiny, *media)
        for mine, own in zip(placed(tiny, tensors, True), placed(tiny, tensors, False)):
            assert torch.equal(mine, own)


def test_the_text_behind_a_long_clip_goes_on_behind_its_last_slice(tiny):
    tensors = inputs(tiny, frames(LONG))
    kinds = tensors["mm_token_type_ids"][0]
    mine, _ = placed(tiny, tensors, True)
    own, _ = placed(tiny, tensors, False)
    end = int((kinds == 2).nonzero()[-1])
    last_slice = int(mine[0, 0, end])
    assert mine[:, 0, end + 1].tolist() == [last_slice + 1] * 3
    assert torch.equal(mine[:, 0, : end + 1], own[:, 0, : end + 1])  # the clip itself stays where it is
    assert int(own[0, 0, end + 1]) <= last_slice, (
        "transformers is right again: remove qvq_nb/inference/local/positions.py, the line that calls it in "
        "qvq_nb/inference/local/engine.py, and this file"
    )


def test_the_next_word_that_is_written_follows_the_last_of_the_prompt(tiny):
    tensors = inputs(tiny, frames(LONG), Image.new("RGB", SIZE), frames(LONG))
    mine, deltas = placed(tiny, tensors, True)
    assert int(deltas) + tensors["input_ids"].shape[1] == int(mine.max()) + 1 == int(mine[0, 0, -1]) + 1


def test_a_question_in_a_padded_batch_is_placed_as_it_is_alone(tiny):
    alone, batch = inputs(tiny, frames(LONG)), inputs(tiny, frames(LONG), padding=True)
    length = alone["input_ids"].shape[1]
    assert not batch["attention_mask"][0].all()
    (one, delta), (many, deltas) = placed(tiny, alone, True), placed(tiny, batch, True)
    assert torch.equal(one[:, 0], many[:, 0, -length:])
    assert int(deltas[0]) == int(delta)


def test_the_cure_changes_what_a_model_reads_of_a_long_clip_and_nothing_of_a_short_one(tiny):
    network = tiny.model.model
    for count, changes in ((SHORT, False), (LONG, True)):
        tensors = inputs(tiny, frames(count))
        with torch.no_grad():
            mine = tiny.model(**tensors).logits[0, -1]
            kept = network.__dict__.pop("get_rope_index")
            own = tiny.model(**tensors).logits[0, -1]
            network.get_rope_index = kept
        assert bool((mine - own).abs().max() > 1e-3) is changes


def test_where_everything_is_right_the_cure_moves_nothing(tiny):
    class Right:
        """A model whose own function is right already."""

        class model:
            get_rope_index = tiny.model.model.get_rope_index

    expected = placed(tiny, inputs(tiny, frames(LONG)), True)
    positions.cure(Right)
    tensors = inputs(tiny, frames(LONG))
    given = {name: tensors[name] for name in ("input_ids", "mm_token_type_ids", "video_grid_thw")}
    assert all(torch.equal(one, other) for one, other in zip(Right.model.get_rope_index(**given), expected))


@pytest.mark.parametrize("count", [SHORT, LONG])
def test_a_question_about_a_clip_gets_an_answer_with_it(tiny, count):
    answer = tiny.ask(clip(frames(count)), QUESTION, max_new_tokens=3)
    assert answer.visual_tokens == count // 2 * 16
