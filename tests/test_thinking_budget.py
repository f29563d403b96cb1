"""The thinking budget: the cut is exact, the final answer the model's own; otherwise nothing changes."""

import itertools

import pytest
from PIL import Image

from qvq_mini.traces import final_answer
from qvq_nb.errors import QvqError
from qvq_nb.inference.engine import Abilities, Delta, Usage
from qvq_nb.inference.reasoner import Reasoner
from qvq_nb.models.profiles import Profile
from qvq_nb.trace import FINAL_OPENINGS, boxed, final_has_begun

QUESTION = "How many pelicans are there in this picture?"
PICTURE = Image.new("RGB", (280, 196), "white")
THINKING = "I see one, two, three birds, and each of them is a pelican."


class Dictated:
    """The tiny model, made to write these texts token by token, each one up to its end."""

    def __init__(self, reasoner, *texts):
        self.reasoner, self.tokenizer = reasoner, reasoner.processor.tokenizer
        tokens = [[*self.ids(text), reasoner.engine.ending_tokens[0]] for text in texts]
        self.wanted = itertools.chain(*tokens)

    def ids(self, text):
        return self.tokenizer.encode(text)

    def __enter__(self):
        def steer(module, inputs, output):
            output.logits[:, -1, next(self.wanted)] = 1e9
            return output

        self.hook = self.reasoner.model.register_forward_hook(steer)
        return self

    def __exit__(self, *_):
        self.hook.remove()

    def ask(self, **options):
        return self.reasoner.ask(PICTURE, QUESTION, **options)


def cut_within_thinking(tiny, tokens, rest="3} $$", **options):
    """The thinking cut at so many tokens, and the model then writes `rest`; also the text up to the cut."""
    tokenizer = tiny.processor.tokenizer
    kept = tokenizer.decode(tokenizer.encode(THINKING)[:tokens])
    with Dictated(tiny, rest) as dictated:
        dictated.wanted = itertools.chain(dictated.ids(THINKING)[:tokens], dictated.wanted)
        return dictated.ask(thinking_budget=tokens, **options), kept


@pytest.mark.parametrize("tokens", [1, 2, 9])
def test_the_thinking_is_cut_at_exactly_the_budget(tiny, tokens):
    answer, kept = cut_within_thinking(tiny, tokens)
    assert answer.text == kept + FINAL_OPENINGS["en"] + "3} $$"
    assert (answer.thinking, answer.final, answer.stop_reason) == (kept.strip(), "$$ \\boxed{3} $$", "end")


def test_new_tokens_are_those_that_the_model_wrote(tiny):
    answer, _ = cut_within_thinking(tiny, 9)
    assert answer.new_tokens == 9 + len(tiny.processor.tokenizer.encode("3} $$")) + 1  # and the end
    assert answer.prompt_tokens == tiny.ask(PICTURE, QUESTION, max_new_tokens=1).prompt_tokens


def test_the_notes_say_that_the_thinking_was_cut(tiny):
    answer, _ = cut_within_thinking(tiny, 9)
    assert answer.notes == (
        "The thinking was cut at 9 tokens, and the model was asked for its final answer.",
    )


def test_the_model_sees_its_own_beginning_before_it_goes_on(tiny):
    """What follows the cut is what plain generate() writes behind prompt, thinking and opening."""
    import torch

    plain = tiny.ask(PICTURE, QUESTION, max_new_tokens=12)
    answer = tiny.ask(PICTURE, QUESTION, max_new_tokens=20, thinking_budget=6)
    kept, rest = answer.text.split(FINAL_OPENINGS["en"])
    assert kept and plain.text.startswith(kept)
    content = [{"type": "image"}, {"type": "text", "text": QUESTION}]
    messages = [
        {"role": "system", "content": tiny.profile.system_prompt},
        {"role": "user", "content": content},
    ]
    prompt = tiny.processor.apply_chat_template(messages, add_generation_prompt=True)
    inputs = tiny.processor(text=[prompt], images=[PICTURE], return_tensors="pt")
    begun = tiny.processor.tokenizer(
        kept.rstrip("\ufffd") + FINAL_OPENINGS["en"], return_tensors="pt", split_special_tokens=True
    ).input_ids
    ones, zeros = torch.ones_like(begun), torch.zeros_like(begun)
    for name, more in (("input_ids", begun), ("attention_mask", ones), ("mm_token_type_ids", zeros)):
        inputs[name] = torch.cat([inputs[name], more], dim=1)
    output = tiny.model.generate(
        **inputs, max_new_tokens=14, do_sample=False, suppress_tokens=tiny.engine.forbidden_tokens
    )
    assert tiny.processor.decode(output[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True) == rest


def test_a_chinese_question_is_asked_for_its_answer_in_chinese(tiny):
    text = tiny.ask(PICTURE, "图中一共有几只鹈鹕？", thinking_budget=0, max_new_tokens=3).text
    assert text.startswith(FINAL_OPENINGS["zh"])


def test_no_budget_at_all_answers_at_once(tiny):
    with Dictated(tiny, "3} $$") as dictated:
        answer = dictated.ask(thinking_budget=0)
    assert (answer.thinking, answer.final) == ("", "$$ \\boxed{3} $$")
    assert answer.new_tokens == len(dictated.ids("3} $$")) + 1


def test_a_generous_budget_changes_nothing(tiny):
    text = THINKING + final_answer("3", "en")
    answers = []
    for options in ({}, {"thinking_budget": 500}):
        with Dictated(tiny, text) as dictated:
            answers.append(dictated.ask(**options))
    (one, other) = answers
    assert one.text == other.text == text
    assert (one.new_tokens, one.stop_reason, one.notes) == (other.new_tokens, other.stop_reason, other.notes)


@pytest.mark.parametrize("tokens_after_the_marker", [0, 1, 3])
def test_a_final_part_that_has_begun_is_not_interrupted(tiny, tokens_after_the_marker):
    begun = THINKING + "\n\n**Final Answer**"
    with Dictated(tiny, THINKING + final_answer("3", "en")) as dictated:
        answer = dictated.ask(thinking_budget=len(dictated.ids(begun)) + tokens_after_the_marker)
    assert (answer.text, answer.notes) == (THINKING + final_answer("3", "en"), ())


def test_a_reply_that_is_done_at_the_budget_is_left_alone(tiny):
    with Dictated(tiny, "Three.") as dictated:
        answer = dictated.ask(thinking_budget=len(dictated.ids("Three.")) + 1)
    assert (answer.text, answer.stop_reason, answer.notes) == ("Three.", "end", ())


def test_after_the_cut_the_answer_stays_short_and_within_max_new_tokens(tiny):
    long = "3, or " * 60
    assert cut_within_thinking(tiny, 9, rest=long, max_new_tokens=15)[0].new_tokens == 15
    answer, _ = cut_within_thinking(tiny, 9, rest=long)
    assert (answer.new_tokens, answer.stop_reason) == (9 + 64, "length")


def test_a_budget_that_leaves_no_room_for_an_answer_is_a_limit_of_length(tiny):
    with Dictated(tiny, THINKING) as dictated:
        answer = dictated.ask(thinking_budget=5, max_new_tokens=5)
    assert (answer.new_tokens, answer.stop_reason, answer.notes) == (5, "length", ())


def test_when_the_time_is_over_no_answer_is_asked_for(tiny):
    answer = tiny.ask(PICTURE, QUESTION, thinking_budget=5, time_limit_seconds=1e-9)
    assert (answer.stop_reason, answer.new_tokens, answer.notes) == ("time", 1, ())


@pytest.mark.parametrize("budget", [-1, 2.5, True, "16"])
def test_a_budget_that_is_no_whole_number_is_refused(tiny, budget):
    with pytest.raises(QvqError, match="thinking_budget is a whole number from 0 upwards"):
        tiny.stream(PICTURE, QUESTION, thinking_budget=budget)


def test_the_stream_shows_every_character_of_the_answer(tiny):
    *pieces, answer = tiny.stream(PICTURE, QUESTION, thinking_budget=4, max_new_tokens=10)
    texts = [piece.text for piece in pieces]
    assert "".join(texts) == answer.text and FINAL_OPENINGS["en"] in texts


def test_a_dropped_stream_closes_the_engine_that_is_at_work():
    closed = []

    class Endless:
        can = Abilities(continues_prefix=True)

        def stream(self, messages, options):
            try:
                yield from itertools.repeat(Delta("unparsed", "word "))
            finally:
                closed.append(options.prefix)

    stream = Reasoner("endless", Profile("endless", "laptop"), Endless()).stream(
        PICTURE, QUESTION, thinking_budget=0
    )
    assert next(stream).text == FINAL_OPENINGS["en"] and next(stream).text == "word "
    stream.close()
    assert closed == [FINAL_OPENINGS["en"]]


def test_any_engine_that_stops_at_the_budget_will_do():
    """An engine needs to know two options; the rest is the same for all."""

    class Told:
        can = Abilities(continues_prefix=True)

        def stream(self, messages, options):
            if options.thinking_budget is not None:
                yield Delta("unparsed", "One, two")
                yield Usage("budget", 80, 70, options.thinking_budget)
            else:
                assert options.prefix == "One, two" + FINAL_OPENINGS["en"]
                yield Delta("unparsed", "2} $$")
                yield Usage("end", 80, 70, 4, ("scaled",))

    answer = Reasoner("told", Profile("told", "laptop"), Told()).ask(PICTURE, QUESTION, thinking_budget=3)
    assert (answer.thinking, answer.final, answer.new_tokens) == ("One, two", "$$ \\boxed{2} $$", 7)
    assert answer.notes[0] == "scaled" and "cut at 3 tokens" in answer.notes[1]


@pytest.mark.parametrize("language", FINAL_OPENINGS)
def test_the_opening_is_how_the_embedded_model_learned_to_begin(language):
    assert final_answer("6", language) == FINAL_OPENINGS[language] + "6} $$"
    assert final_has_begun(FINAL_OPENINGS[language]) and not final_has_begun("The final answer comes later.")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_embedded_model_comes_to_an_end_when_it_may_not_think(reasoner, language):
    from qvq_nb import case

    example = case("recognition", language=language)
    thought, at_once = (
        reasoner.ask(example.image, example.question, thinking_budget=budget) for budget in (None, 0)
    )
    assert (at_once.thinking, at_once.stop_reason, at_once.language) == ("", "end", language)
    assert at_once.new_tokens < thought.new_tokens / 2
    assert boxed(at_once.final)
