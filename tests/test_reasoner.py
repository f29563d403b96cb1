"""load and ask: on a tiny model with random weights through the real code, and on the embedded one."""

import itertools
import json
import threading

import pytest
import torch
from PIL import Image, ImageDraw

from qvq_nb import load, trace
from qvq_nb.inference.engine import Finished
from qvq_nb.inference.local.engine import _Pieces
from qvq_nb.inference.reasoner import Answer, Reasoner
from qvq_nb.models.profiles import Profile

QUESTION = "How many pelicans are there in this picture?"


def picture(size=(280, 196), spots=3):
    image = Image.new("RGB", size, "white")
    for number in range(spots):
        ImageDraw.Draw(image).ellipse((20 + 50 * number, 40, 60 + 50 * number, 80), fill="black")
    return image


# -- the answer and the stream -------------------------------------------------------------------------------------


def test_the_stream_yields_the_text_and_then_the_answer(tiny):
    *pieces, answer = tiny.stream(picture(), QUESTION, max_new_tokens=30)
    assert all(isinstance(piece, str) for piece in pieces)
    assert isinstance(answer, Answer)
    assert "".join(pieces) == answer.text


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
    forbidden, endings = tiny.engine._forbidden, tiny.engine._endings
    config = tiny.model.config
    assert {config.image_token_id, config.video_token_id, config.vision_start_token_id} <= set(forbidden)
    assert tiny.processor.tokenizer.convert_tokens_to_ids("<|im_end|>") in endings
    assert not set(forbidden) & set(endings)


def test_the_options_of_load_reach_the_model(tiny_folder):
    assert load(tiny_folder, dtype="bfloat16").model.dtype == torch.bfloat16
    assert load(str(tiny_folder), device="cpu").model.dtype == torch.float32


# -- stopping ------------------------------------------------------------------------------------------------------


class Steered:
    """The tiny model with its choice of tokens steered: it writes what it is told."""

    def __init__(self, reasoner, text, then_end=False):
        self.model, self.reasoner = reasoner.model, reasoner
        ids = reasoner.processor.tokenizer.encode(text)
        self.wanted = iter([*ids, reasoner.engine._endings[0]]) if then_end else itertools.cycle(ids)

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
    assert not any("\ufffd" in piece for piece in pieces)
    assert answer.language == "zh"


def workers():
    return [
        thread
        for thread in threading.enumerate()
        if thread is not threading.main_thread() and "_generate" in thread.name
    ]


def test_an_interrupt_stops_the_model_and_leaves_it_usable(tiny, monkeypatch):
    expected = tiny.ask(picture(), QUESTION, max_new_tokens=5).text
    original, calls = _Pieces.next_one, itertools.count()

    def interrupted(self):
        if next(calls) == 3:
            raise KeyboardInterrupt
        return original(self)

    monkeypatch.setattr(_Pieces, "next_one", interrupted)
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


# -- how an answer looks -------------------------------------------------------------------------------------------


def answer(**changes):
    fields = dict(
        text="", thinking="Let me <b>see</b>.", final="<script>alert(1)</script> $x$", model="qvq-mini", language="en", visual_tokens=70,
        prompt_tokens=99, new_tokens=12, seconds=1.234, stop_reason="end", notes=("scaled down",),
    )  # fmt: skip
    return Answer(**{**fields, **changes})


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


def test_any_engine_that_streams_will_do():
    class Told:
        def stream(self, messages, images, options):
            assert (
                messages[0]["content"] == "Think."
                and images[0].size == (280, 196)
                and options.max_new_tokens == 7
            )
            yield "One.\n\n**Final "
            yield "Answer**\n\n1"
            yield Finished("end", 70, 80, 6)

    told = Reasoner("told", Profile("told", "laptop", system_prompt="Think.", max_new_tokens=7), Told())
    assert told.ask(picture(), QUESTION).final == "1"


# -- the embedded model --------------------------------------------------------------------------------------------


def test_the_embedded_model_answers_like_qvq(reasoner):
    from qvq_nb import case

    for language in ("en", "zh"):
        example = case("recognition", language=language)
        said = reasoner.ask(example.image, example.question)
        assert said.stop_reason == "end"
        assert said.language == language
        assert trace.split(said.text).marker is not None
        assert example.check(said).model == "qvq-mini"
