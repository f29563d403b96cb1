"""load and ask: on a tiny model with random weights through the real code, and on the embedded one."""

import inspect
import itertools
import json
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from PIL import Image, ImageDraw
from transformers import TextIteratorStreamer

from qvq_nb import load, trace
from qvq_nb.errors import QvqError
from qvq_nb.inference.answer import Answer
from qvq_nb.inference.engine import Abilities, Delta, Usage
from qvq_nb.inference.reasoner import Reasoner
from qvq_nb.models.profiles import Profile

QUESTION = "How many pelicans are there in this picture?"


def picture(size=(280, 196), spots=3):
    image = Image.new("RGB", size, "white")
    for number in range(spots):
        ImageDraw.Draw(image).ellipse((20 + 50 * number, 40, 60 + 50 * number, 80), fill="black")
    return image


# --- the answer and the stream


def test_the_stream_yields_the_text_and_then_the_answer(tiny):
    *pieces, answer = tiny.stream(picture(), QUESTION, max_new_tokens=30)
    assert all(isinstance(piece, Delta) and piece.channel == "unparsed" and piece.text for piece in pieces)
    assert isinstance(answer, Answer)
    assert "".join(piece.text for piece in pieces) == answer.text


def test_the_text_is_that_of_plain_transformers(tiny):
    """What the kit yields piece by piece is what generate() gives at once, decoded whole."""
    answer = tiny.ask(picture(), QUESTION, max_new_tokens=40)
    content = [{"type": "image"}, {"type": "text", "text": QUESTION}]
    messages = [
        {"role": "system", "content": tiny.profile.system_prompt},
        {"role": "user", "content": content},
    ]
    prompt = tiny.processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    inputs = tiny.processor(text=[prompt], images=[picture()], return_tensors="pt")
    output = tiny.model.generate(**inputs, max_new_tokens=40, do_sample=False)
    written = output[0, inputs["input_ids"].shape[1] :]
    assert tiny.processor.decode(written, skip_special_tokens=True) == answer.text
    assert (answer.prompt_tokens, answer.new_tokens) == (inputs["input_ids"].shape[1], len(written))
    assert answer.visual_tokens == 10 * 7


def test_the_answer_parts_recombine_and_turn_into_json(tiny):
    answer = tiny.ask(picture(), QUESTION, max_new_tokens=10)
    assert answer.stop_reason == "length"
    assert answer.model == tiny.name == "tiny"
    assert json.loads(json.dumps(answer.to_dict()))["text"] == answer.text
    assert str(answer) == answer.final


class Case:
    """What a reasoner needs of a case."""

    media, question = (picture(),), QUESTION


def test_a_case_brings_its_picture_and_its_question(tiny):
    expected = tiny.ask(picture(), QUESTION, max_new_tokens=8)
    assert tiny.ask(Case(), max_new_tokens=8).text == expected.text
    *_, answer = tiny.stream(Case(), max_new_tokens=8)
    assert answer.text == expected.text


def test_another_question_about_a_case_comes_first(tiny):
    answer = tiny.ask(Case(), "What else?", max_new_tokens=8)
    expected = tiny.ask(picture(), "What else?", max_new_tokens=8)
    assert (answer.text, answer.prompt_tokens) == (expected.text, expected.prompt_tokens)


def test_a_case_with_several_pictures_shows_them_all(tiny):
    several = SimpleNamespace(media=(picture(), picture()), question=QUESTION)
    assert tiny.ask(several, max_new_tokens=1).visual_tokens == 2 * 70


def test_tab_knows_the_options_of_ask_and_load():
    options = inspect.signature(Reasoner.ask).parameters
    assert {"system", "max_new_tokens", "visual_tokens", "seed", "thinking_budget"} <= set(options)
    assert {"device", "dtype", "quantization", "offload", "image_size"} <= set(
        inspect.signature(load).parameters
    )


def test_two_questions_in_a_row_are_independent(tiny):
    alone = tiny.ask(picture(), QUESTION, max_new_tokens=20).text
    tiny.ask(picture(spots=5), "What else?", max_new_tokens=20, seed=1, visual_tokens=(4, 20))
    assert tiny.ask(picture(), QUESTION, max_new_tokens=20).text == alone


def test_the_same_seed_draws_the_same_words(tiny):
    texts = [tiny.ask(picture(), QUESTION, max_new_tokens=20, seed=seed).text for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_a_seed_leaves_the_learners_random_numbers_alone(tiny):
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    tiny.ask(picture(), QUESTION, max_new_tokens=3, seed=9)
    assert torch.rand(1) == expected


def test_several_images_and_every_kind_of_source(tiny, tmp_path):
    picture().save(tmp_path / "a.png")
    content = (tmp_path / "a.png").read_bytes()
    texts = {
        tiny.ask(one, QUESTION, max_new_tokens=8).text
        for one in (picture(), tmp_path / "a.png", str(tmp_path / "a.png"), content)
    }
    assert len(texts) == 1
    assert tiny.ask([picture(), picture()], QUESTION, max_new_tokens=2).visual_tokens == 2 * 70


def test_the_system_prompt_can_be_replaced(tiny):
    short = tiny.ask(picture(), QUESTION, system="Be brief.", max_new_tokens=1).prompt_tokens
    assert short < tiny.ask(picture(), QUESTION, max_new_tokens=1).prompt_tokens


def test_the_pixel_budget_is_obeyed_and_told(tiny):
    answer = tiny.ask(picture(), QUESTION, visual_tokens=(4, 20), max_new_tokens=1)
    assert answer.visual_tokens <= 20
    assert "scaled down from 280×196" in answer.notes[0] and "20 visual tokens" in answer.notes[0]
    assert tiny.ask(picture(), QUESTION, max_new_tokens=1).notes == ()


def test_vision_tokens_are_never_written(tiny):
    forbidden, endings = tiny.engine.forbidden_tokens, tiny.engine.ending_tokens
    config = tiny.model.config
    assert {config.image_token_id, config.video_token_id, config.vision_start_token_id} <= set(forbidden)
    assert tiny.processor.tokenizer.convert_tokens_to_ids("<|im_end|>") in endings
    assert not set(forbidden) & set(endings)


def test_the_options_of_load_reach_the_model(tiny_folder):
    assert load(tiny_folder, dtype="bfloat16").model.dtype == torch.bfloat16
    assert load(str(tiny_folder), device="cpu").model.dtype == torch.float32


# --- stopping


class Steered:
    """The tiny model with its choice of tokens steered: it writes what it is told."""

    def __init__(self, reasoner, text, then_end=False):
        self.model, self.reasoner = reasoner.model, reasoner
        ids = reasoner.processor.tokenizer.encode(text)
        end = reasoner.engine.ending_tokens[0]
        self.wanted = iter([*ids, end]) if then_end else itertools.cycle(ids)

    def __enter__(self):
        def steer(module, inputs, output):
            output.logits[:, -1, next(self.wanted)] = 1e9
            return output

        self.hook = self.model.register_forward_hook(steer)
        return self.reasoner

    def __exit__(self, *_):
        self.hook.remove()


def test_a_text_that_ends_by_itself_says_end(tiny):
    text = "One, two.\n\n**Final Answer**\n\n$$ \\boxed{2} $$"
    with Steered(tiny, text, then_end=True) as steered:
        answer = steered.ask(picture(), QUESTION, max_new_tokens=200)
    assert (answer.text, answer.stop_reason) == (text, "end")
    assert (answer.thinking, answer.final) == ("One, two.", "$$ \\boxed{2} $$")


def test_a_loop_is_stopped_and_said(tiny):
    with Steered(tiny, "Wait, again. ") as steered:
        answer = steered.ask(picture(), QUESTION, max_new_tokens=1000)
    assert answer.stop_reason == "loop"
    assert answer.new_tokens < 500
    assert answer.final == ""


def test_the_time_limit_stops_and_is_said(tiny):
    answer = tiny.ask(picture(), QUESTION, max_new_tokens=1000, time_limit_seconds=1e-9)
    assert (answer.stop_reason, answer.new_tokens) == ("time", 1)


def test_a_text_in_the_last_allowed_token_still_ends(tiny):
    text = "Two."
    tokens = len(tiny.processor.tokenizer.encode(text)) + 1
    with Steered(tiny, text, then_end=True) as steered:
        assert steered.ask(picture(), QUESTION, max_new_tokens=tokens).stop_reason == "end"


def test_chinese_arrives_in_whole_characters(tiny):
    text = "图中有六只鹈鹕，每一只都看得见。" * 2
    with Steered(tiny, text, then_end=True) as steered:
        *pieces, answer = steered.stream(picture(), QUESTION, max_new_tokens=400)
    assert answer.text == text
    assert not any("\ufffd" in piece.text for piece in pieces)
    assert len(pieces) > len(text) / 2
    assert answer.language == "zh"


def workers():
    return [thread for thread in threading.enumerate() if "generation" in thread.name]


def test_an_interrupt_stops_the_model_and_leaves_it_usable(tiny, monkeypatch):
    expected = tiny.ask(picture(), QUESTION, max_new_tokens=5).text
    original, calls = TextIteratorStreamer.__next__, itertools.count()

    def interrupted(self):
        if next(calls) == 3:
            raise KeyboardInterrupt
        return original(self)

    monkeypatch.setattr(TextIteratorStreamer, "__next__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        tiny.ask(picture(), QUESTION, max_new_tokens=1500)
    monkeypatch.undo()
    assert not workers()
    assert tiny.ask(picture(), QUESTION, max_new_tokens=5).text == expected


def test_a_stream_that_is_dropped_stops_the_model(tiny):
    stream = tiny.stream(picture(), QUESTION, max_new_tokens=1500)
    next(stream)
    assert workers()
    stream.close()
    assert not workers()


def test_an_error_inside_the_model_reaches_the_learner(tiny, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("out of luck")

    monkeypatch.setattr(tiny.model, "generate", fail)
    with pytest.raises(RuntimeError, match="out of luck"):
        tiny.ask(picture(), QUESTION)


# --- how an answer looks


def answer(**changes):
    thinking, final = "Let me <b>see</b>.", "<script>alert(1)</script> $x$"
    plain = Answer("", thinking, final, "qvq-mini", "en", 70, 99, 12, 1.234, "end", ("scaled down",))
    return replace(plain, **changes)


def test_the_display_folds_the_thinking_and_shows_the_stamp():
    page = answer()._repr_html_()
    assert "<details><summary>Thinking</summary>" in page
    assert "qvq-mini · 12 tokens in 1.2 s" in page and "scaled down" in page
    assert "思考过程" in answer(language="zh")._repr_html_()


def test_the_display_holds_nothing_that_runs():
    for page in (answer()._repr_html_(), answer()._repr_markdown_()):
        assert "<script" not in page and "<b>" not in page
    assert "$" not in answer()._repr_html_()


def test_the_display_says_when_there_is_no_final_answer():
    page = answer(final="", stop_reason="loop")._repr_html_()
    assert "no final answer" in page and "stopped in a loop" in page


# --- any engine


class Told:
    """An engine that says what it is told, and keeps what it was asked."""

    def __init__(self, *steps, can=Abilities()):
        self.steps, self.can = steps, can

    def stream(self, messages, options):
        self.messages, self.options = messages, options
        yield from self.steps


def reasoner_of(*steps, **abilities):
    profile = Profile("told", "laptop", system_prompt="Think.", max_new_tokens=7)
    return Reasoner("told", profile, Told(*steps, can=Abilities(**abilities)))


def test_any_engine_that_streams_will_do():
    told = reasoner_of(
        Delta("unparsed", "One.\n\n**Final "), Delta("unparsed", "Answer**\n\n1"), Usage("end", 80, 70, 6)
    )
    answer = told.ask(picture(), QUESTION)
    assert (answer.thinking, answer.final, answer.new_tokens) == ("One.", "1", 6)
    system, user = told.engine.messages
    assert (system.role, system.parts, user.role) == ("system", ("Think.",), "user")
    assert user.images[0].size == (280, 196) and user.parts[-1] == QUESTION
    assert told.engine.options.max_new_tokens == 7


def test_what_an_engine_separates_is_not_split_again():
    told = reasoner_of(
        Delta("thinking", "**Final Answer** comes later. "),
        Delta("thinking", "It is 2."),
        Delta("answer", "One, two. It is 2."),
        Usage("end", 80, 70, 6),
        separates_thinking=True,
    )
    answer = told.ask(picture(), QUESTION)
    assert (answer.thinking, answer.final) == ("**Final Answer** comes later. It is 2.", "One, two. It is 2.")
    assert answer.text == answer.thinking + answer.final


@pytest.mark.parametrize(
    ("asked", "options", "message"),
    [
        ([picture(), picture()], {}, "told takes one picture"),
        (picture(), {"thinking_budget": 3}, "[Ll]eave thinking_budget out"),
    ],
)
def test_what_an_engine_cannot_do_is_said_before_it_is_asked(asked, options, message):
    told = reasoner_of(Delta("unparsed", "1"), Usage("end", 80, 70, 6))
    with pytest.raises(QvqError, match=message):
        told.stream(asked, QUESTION, **options)
    assert not hasattr(told.engine, "messages")


# --- the embedded model


def test_the_embedded_model_answers_like_qvq(reasoner):
    from qvq_nb import case

    for language in ("en", "zh"):
        example = case("recognition", language=language)
        said = reasoner.ask(example.image, example.question)
        assert said.stop_reason == "end"
        assert said.language == language
        assert trace.split(said.text).marker is not None
        assert example.check(said).model == "qvq-mini"
