"""Several pictures and clips in one question: what reaches the model, and what is said where it cannot."""

import pytest
import torch
from PIL import Image, ImageDraw

from qvq_nb import clip
from qvq_nb.cases.case import Case
from qvq_nb.errors import QvqError
from qvq_nb.grading.number import Number
from qvq_nb.inference.engine import Abilities, Delta, GenerationOptions, Message, Usage
from qvq_nb.inference.local.inputs import prepare
from qvq_nb.inference.reasoner import Reasoner
from qvq_nb.media.boxes import MARKS, read_boxes
from qvq_nb.models.profiles import Profile

QUESTION = "How many pelicans are there in this picture?"
SIZE = (224, 112)


def picture(x=20, size=SIZE):
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).ellipse((x, 40, x + 40, 80), fill="black")
    return image


def film(states=3):
    return clip([picture(20 + 30 * state) for state in range(states) for _ in range(2)])


class Told:
    """An engine that keeps what it was asked and says one word."""

    def __init__(self, **abilities):
        self.can = Abilities(**abilities)

    def stream(self, messages, options):
        self.messages = messages
        yield from (Delta("answer", "One."), Usage("end", 1, 1, 1))


def told(**abilities):
    return Reasoner("told", Profile("told", "laptop"), Told(**abilities))


def prepared(reasoner, *parts, **options):
    messages = [Message("user", (*parts, QUESTION))]
    return prepare(reasoner.processor, reasoner.model.config, messages, GenerationOptions(1, **options))


# --- into the model


def test_pictures_and_clips_reach_an_engine_in_their_order(tmp_path):
    reasoner = told(takes_video=True, takes_several_images=True)
    film().save(tmp_path / "clip.mp4")
    picture().save(tmp_path / "a.png")
    reasoner.ask([tmp_path / "a.png", str(tmp_path / "clip.mp4"), picture(), film()], QUESTION)
    message = reasoner.engine.messages[-1]
    assert [type(part).__name__ for part in message.parts] == ["Image", "Clip", "Image", "Clip", "str"]
    assert len(message.images) == len(message.clips) == 2


def test_a_slice_of_two_equal_frames_is_the_same_picture_to_the_model(tiny):
    tensors, _ = prepared(tiny, film(states=1))
    still, _ = prepared(tiny, picture())
    assert torch.equal(tensors["pixel_values_videos"], still["pixel_values"])
    assert tensors["video_grid_thw"].tolist() == still["image_grid_thw"].tolist() == [[1, 8, 16]]


def test_pictures_and_a_clip_take_their_tokens(tiny):
    answer = tiny.ask([picture(), film(3), picture(size=(112, 112))], QUESTION, max_new_tokens=1)
    assert answer.visual_tokens == 32 + 3 * 32 + 16


def test_a_small_clip_is_not_blown_up_and_the_budget_holds_for_each_pair_of_frames(tiny):
    tensors, notes = prepared(tiny, film(2))
    assert tensors["video_grid_thw"].tolist() == [[2, 8, 16]] and notes == ()
    tensors, notes = prepared(tiny, film(2), visual_tokens=(1, 8))
    assert tensors["video_grid_thw"].prod() / 4 <= 2 * 8
    assert notes[0].startswith("Each frame of the clip was scaled down from 224×112")


def test_a_case_may_hold_a_clip_and_shows_it_as_a_strip(tiny):
    case = Case("jumps", (film(), picture()), QUESTION, Number("6", ""), "en", {}, "jumps", 1)
    assert tiny.ask(case, max_new_tokens=1).visual_tokens == 3 * 32 + 32
    assert case._repr_mimebundle_()["image/png"].startswith(b"\x89PNG")


def test_what_was_left_out_of_a_clip_is_said_with_the_answer(tiny):
    short = clip([picture()] * 8, max_frames=2)
    assert "Of 8 frames 2 were taken, evenly chosen." in tiny.ask(short, QUESTION, max_new_tokens=1).notes


# --- what cannot be asked


def test_a_clip_for_an_engine_without_video_is_one_sentence_before_anything_is_sent():
    reasoner = told(takes_several_images=True)
    with pytest.raises(QvqError, match="told takes pictures and no clips"):
        reasoner.stream([picture(), film()], QUESTION)
    assert not hasattr(reasoner.engine, "messages")


def test_several_media_for_an_engine_with_one_are_one_sentence_before_anything_is_sent():
    reasoner = told(takes_video=True)
    with pytest.raises(QvqError, match="told takes one picture"):
        reasoner.stream([picture(), film()], QUESTION)
    assert not hasattr(reasoner.engine, "messages")


def test_the_embedded_model_says_that_it_was_never_trained_on_clips(reasoner):
    notes = reasoner.ask(film(), QUESTION, max_new_tokens=1).notes
    assert any("never trained on clips" in note and "not to be trusted" in note for note in notes)
    notes = reasoner.ask([picture(), picture()], QUESTION, max_new_tokens=1).notes
    assert any("one picture at a time" in note for note in notes)


# --- marks for boxes


def test_a_question_may_hold_the_marks_for_things_and_places_but_no_other_control_token():
    reasoner = told()
    question = "Find <|object_ref_start|>the red car<|object_ref_end|>."
    reasoner.ask(picture(), question)
    assert reasoner.engine.messages[-1].parts[-1] == question
    for token in ("<|vision_start|>", "<|image_pad|>", "<|im_end|>", "<|box_startx|>"):
        with pytest.raises(QvqError, match="control token"):
            reasoner.stream(picture(), f"Find {token}.")


def test_a_model_may_write_marks_and_no_vision_tokens(tiny):
    ids = tiny.processor.tokenizer.convert_tokens_to_ids
    forbidden = set(tiny.engine.forbidden_tokens)
    assert not forbidden & {ids(mark) for mark in MARKS}
    config = tiny.model.config
    assert {config.image_token_id, config.video_token_id, config.vision_start_token_id} <= forbidden


def test_marks_stay_in_the_text_that_a_model_writes(tiny, monkeypatch):
    text = "A bird <|object_ref_start|>鸟<|object_ref_end|><|box_start|>(10,20),(30,40)<|box_end|>."
    tokenizer = tiny.processor.tokenizer
    written = [*tokenizer(text, add_special_tokens=False).input_ids, tokenizer.eos_token_id]

    def generate(input_ids, streamer, **_):
        streamer.put(input_ids)
        for token in written:
            streamer.put(torch.tensor([token]))
        streamer.end()
        return torch.cat([input_ids, torch.tensor([written])], dim=1)

    monkeypatch.setattr(tiny.model, "generate", generate)
    answer = tiny.ask(picture(), QUESTION)
    assert answer.text == text and answer.stop_reason == "end"
    assert [box.label for box in read_boxes(answer, SIZE)] == ["鸟"]


def test_a_reply_that_goes_on_keeps_its_marks_as_tokens_and_other_control_words_as_text(tiny):
    decoder, tokenizer = tiny.engine.decoder, tiny.processor.tokenizer
    text = "<|box_start|>(1,2),(3,4)<|box_end|> <|im_end|>"
    tokens = decoder.encode(text)
    assert tokens[0] == tokenizer.convert_tokens_to_ids("<|box_start|>")
    assert tokenizer.eos_token_id not in tokens and decoder.decode(tokens) == text


# --- the library beside us


def test_qwen_vl_utils_still_distorts_lists_of_frames():
    """When this fails, qwen-vl-utils is mended (QwenLM/Qwen3-VL#1820), and docs/media.md must not say it any
    more; frames may go on to the processor directly."""
    from qwen_vl_utils import process_vision_info

    part = {"type": "video", "video": [picture(size=(224, 140)) for _ in range(4)], "min_pixels": 4 * 28 * 28}
    _, (tensor,) = process_vision_info([{"role": "user", "content": [part]}])
    assert tuple(tensor.shape[-2:]) == (112, 224)


def test_the_kit_does_not_distort_them(tiny):
    frames = clip([picture(size=(224, 140))] * 4)
    tensors, _ = prepared(tiny, frames)
    assert (tensors["video_grid_thw"][0, 1:] * 14).tolist() == [140, 224]
