"""The hand-written step writes the words of plain `generate`, alone and side by side, and stands back where
it does not belong."""

import threading

import pytest
import torch
from PIL import Image
from threadpoolctl import threadpool_info, threadpool_limits

from qvq_mini.families import TAUGHT
from qvq_nb import case, load
from qvq_nb.cases import EVALUATION_SEEDS_FROM, LANGUAGES
from qvq_nb.errors import QvqError
from qvq_nb.evaluation import counting
from qvq_nb.inference.engine import Abilities, Delta, Usage
from qvq_nb.inference.local import choosing
from qvq_nb.inference.local.double_check import CLOSE
from qvq_nb.inference.reasoner import Reasoner
from qvq_nb.models.profiles import Profile

QUESTION = "How many pelicans are there in this picture?"
SAME = ("text", "new_tokens", "stop_reason", "prompt_tokens", "visual_tokens", "notes")


def same(answer):
    return [getattr(answer, name) for name in SAME]


def picture(width=280, shade="white"):
    return Image.new("RGB", (width, 196), shade)


@pytest.fixture
def plainly(monkeypatch):
    """Gives the answer of plain `generate` to the same question."""

    def ask(reasoner, *asked, **options):
        with monkeypatch.context() as patch:
            patch.setattr(reasoner.engine.decoding, "step", lambda rows=1: None)
            return reasoner.ask(*asked, **options)

    return ask


@pytest.fixture(params=[torch.float16, torch.float32], ids=["float16", "float32"])
def stepping(request, reasoner, monkeypatch):
    """The embedded model, decoded by the step with weights of this dtype whatever is fastest here."""
    step = choosing.SmallStep(reasoner.model, request.param)
    if request.param is torch.float16:
        exact = choosing.SmallStep(reasoner.model, torch.float32)
        step = choosing.DoubleChecked(step, exact, reasoner.engine.forbidden_tokens)
    monkeypatch.setattr(choosing, "fastest", lambda *_: step)
    monkeypatch.setattr(reasoner.engine, "decoding", choosing.Decoding(reasoner.engine.loaded, False, []))
    assert reasoner.engine.decoding.step() is step
    return reasoner


# -- the same words


@pytest.mark.parametrize("family", TAUGHT)
def test_the_words_are_those_of_plain_generate(family, stepping, plainly):
    for language in LANGUAGES:
        drawn = case(family, EVALUATION_SEEDS_FROM + 80, language)
        assert same(stepping.ask(drawn)) == same(plainly(stepping, drawn))


@pytest.mark.slow
@pytest.mark.parametrize("family", TAUGHT)
def test_the_words_are_those_of_plain_generate_over_many_cases(family, stepping, plainly):
    for seed in range(EVALUATION_SEEDS_FROM + 81, EVALUATION_SEEDS_FROM + 89):
        for language in LANGUAGES:
            drawn = case(family, seed, language)
            assert same(stepping.ask(drawn)) == same(plainly(stepping, drawn))


@pytest.mark.parametrize("budget", [0, 7, 40])
def test_a_begun_reply_goes_on_in_the_same_words(budget, stepping, plainly):
    drawn = case("chart", language="zh")
    answer = stepping.ask(drawn, thinking_budget=budget)
    assert same(answer) == same(plainly(stepping, drawn, thinking_budget=budget))


@pytest.mark.parametrize("size", [(84, 84), (700, 90), (330, 420)])
def test_other_pictures_and_questions_get_the_same_words(size, stepping, plainly):
    noise = Image.effect_noise(size, 90).convert("RGB")
    assert same(stepping.ask(noise, QUESTION)) == same(plainly(stepping, noise, QUESTION))


def test_a_long_babble_stays_the_same_to_its_last_token(tiny, plainly, monkeypatch):
    """A model with random weights is never sure of anything: the least slip of a number would show."""
    half, full = (choosing.SmallStep(tiny.model, dtype) for dtype in (torch.float16, torch.float32))
    step = choosing.DoubleChecked(half, full, tiny.engine.forbidden_tokens)
    monkeypatch.setattr(tiny.engine.decoding, "step", lambda rows=1: step)
    answer = tiny.ask(picture(), QUESTION, max_new_tokens=300)
    assert answer.new_tokens > 50
    assert same(answer) == same(plainly(tiny, picture(), QUESTION, max_new_tokens=300))


class Careless(choosing.SmallStep):
    """A step whose scores are wrong by up to a third of what counts as close."""

    def __call__(self, tokens, seen):
        scores = super().__call__(tokens, seen)
        return scores + (torch.rand_like(scores) - 0.5) * CLOSE * 2 / 3


def test_close_calls_are_decided_by_the_exact_step(tiny, plainly, monkeypatch):
    careless, exact = Careless(tiny.model, torch.float32), choosing.SmallStep(tiny.model, torch.float32)
    checked = choosing.DoubleChecked(careless, exact, tiny.engine.forbidden_tokens)
    expected = plainly(tiny, picture(), QUESTION, max_new_tokens=60).text
    for step, is_same in ((careless, False), (checked, True)):
        monkeypatch.setattr(tiny.engine.decoding, "step", lambda rows=1, step=step: step)
        assert (tiny.ask(picture(), QUESTION, max_new_tokens=60).text == expected) is is_same


# -- where plain generate is left to itself


def test_the_embedded_model_and_one_like_it_suit(reasoner, tiny):
    assert reasoner.engine.decoding.suits and tiny.engine.decoding.suits


@pytest.mark.parametrize("wishes", [{"dtype": "bf16"}, {"offload": True, "max_memory": {"cpu": "20MiB"}}])
def test_another_dtype_or_offloaded_layers_are_left_to_generate(wishes, capsys):
    if "offload" in wishes:
        wishes = {**wishes, "dtype": "fp32"}
    engine = load("qvq-mini", **wishes).engine
    assert engine.decoding.step() is None and not engine.can.batches


@pytest.mark.parametrize(
    "change",
    [
        lambda loaded: setattr(loaded.model.config, "model_type", "qwen2_5_vl"),
        lambda loaded: setattr(loaded, "quantization", "int8"),
        lambda loaded: setattr(loaded, "device_map", {"": "cuda:0"}),
        lambda loaded: setattr(loaded.model.config.get_text_config(), "hidden_act", "gelu"),
    ],
)
def test_what_the_step_does_not_compute_does_not_suit(tiny_folder, change):
    loaded = load(tiny_folder).engine.loaded
    assert choosing.suits(loaded)
    change(loaded)
    assert not choosing.suits(loaded)


def test_a_large_model_or_one_of_several_processes_does_not_suit(tiny, monkeypatch):
    assert not choosing.Decoding(tiny.engine.loaded, True, []).suits
    monkeypatch.setattr(choosing, "MOST_WEIGHTS", 1000)
    assert not choosing.suits(tiny.engine.loaded)


def test_where_the_step_does_not_win_generate_is_used(tiny, monkeypatch):
    monkeypatch.setattr(choosing, "fastest", lambda *_: None)
    decoding = choosing.Decoding(tiny.engine.loaded, False, [])
    assert decoding.suits and decoding.step() is None


def test_it_is_measured_once(tiny, monkeypatch):
    measured = []
    monkeypatch.setattr(choosing, "fastest", lambda *_: measured.append(1))
    decoding = choosing.Decoding(tiny.engine.loaded, False, [])
    assert [decoding.step(), decoding.step()] == [None, None] and len(measured) == 1


def test_a_hook_sees_every_token_and_then_the_step_is_back(tiny):
    seen = []
    hook = tiny.model.model.language_model.layers[0].register_forward_hook(lambda *_: seen.append(1))
    answer = tiny.ask(picture(), QUESTION, max_new_tokens=9)
    hook.remove()
    assert len(seen) == answer.new_tokens
    assert tiny.ask(picture(), QUESTION, max_new_tokens=9).text == answer.text and len(seen) == 9


def test_another_layer_or_another_forward_is_left_to_generate(tiny_folder):
    class Adapted(torch.nn.Linear):
        """A layer that adds something of its own, as adapters do."""

    for change in (
        lambda mlp: setattr(mlp, "up_proj", Adapted(*mlp.up_proj.weight.T.shape, bias=False)),
        lambda mlp: setattr(mlp.up_proj, "forward", lambda x: x),
    ):
        engine = load(tiny_folder, device="cpu").engine
        assert engine.decoding.step(2) is not None
        change(engine.model.model.language_model.layers[1].mlp)
        assert engine.decoding.step(2) is None


def test_a_sampled_reply_is_drawn_by_generate(tiny, monkeypatch):
    monkeypatch.setattr(tiny.engine.decoding, "step", lambda rows=1: pytest.fail("the step was asked for"))
    tiny.ask(picture(), QUESTION, max_new_tokens=3, seed=1)


@pytest.mark.parametrize(
    "change",
    [
        lambda weight: weight.mul_(0.5),
        lambda weight: weight.data.zero_(),
        lambda weight: weight.copy_(weight.flip(0).clone()),
    ],
)
def test_a_changed_weight_is_noticed(tiny_folder, change, plainly):
    changed = load(tiny_folder)
    changed.ask(picture(), QUESTION, max_new_tokens=3)
    with torch.no_grad():
        change(changed.model.model.language_model.layers[0].mlp.down_proj.weight)
    answer = changed.ask(picture(), QUESTION, max_new_tokens=20)
    assert answer.text == plainly(changed, picture(), QUESTION, max_new_tokens=20).text


def test_the_learners_threads_stay_as_they_were(tiny):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        during = {torch.get_num_threads() for _ in tiny.stream(picture(), QUESTION, max_new_tokens=20)}
        inside = []
        thread = threading.Thread(target=lambda: inside.append(torch.get_num_threads()))
        thread.start()
        thread.join()
        assert (during, inside, torch.get_num_threads()) == ({2}, [2], 2)
        with threadpool_limits(2, user_api="blas"):
            tiny.ask_many([(picture(), QUESTION)] * 2, max_new_tokens=3)
            assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {2}
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


# -- side by side


def test_side_by_side_they_get_the_same_words_in_their_order(reasoner):
    asked = [case(family, language=language) for family in TAUGHT for language in LANGUAGES]
    asked = [*asked[:3], (picture(), "What is the weather like?"), *asked[3:], (picture(154), QUESTION)]
    alone = [reasoner.ask(*(one if isinstance(one, tuple) else (one,))) for one in asked]
    together = reasoner.ask_many(asked)
    assert list(map(same, together)) == list(map(same, alone))
    assert together[3].stop_reason == "refused"


@pytest.mark.slow
def test_side_by_side_without_the_step_as_well(reasoner, monkeypatch):
    asked = [case(family, language="en") for family in TAUGHT[:3]]
    expected = list(map(same, reasoner.ask_many(asked)))
    monkeypatch.setattr(reasoner.engine.decoding, "step", lambda rows=1: None)
    assert list(map(same, reasoner.ask_many(asked))) == expected


def test_each_reply_has_its_own_end(tiny):
    pictures = [picture(shade=shade) for shade in ("white", "black", "red")]
    alone = [tiny.ask(one, QUESTION, max_new_tokens=60) for one in pictures]
    together = tiny.ask_many([(one, QUESTION) for one in pictures], max_new_tokens=60)
    assert list(map(same, together)) == list(map(same, alone))
    limited = tiny.ask_many([(one, QUESTION) for one in pictures], max_new_tokens=60, time_limit_seconds=1e-9)
    assert [(answer.stop_reason, answer.new_tokens) for answer in limited] == [("time", 1)] * 3


@pytest.mark.parametrize("options", [{"thinking_budget": 4}, {"seed": 3}])
def test_what_does_not_go_side_by_side_goes_one_after_another(tiny, options):
    options = {**options, "max_new_tokens": 12}
    expected = [same(tiny.ask(picture(), QUESTION, **options))] * 2
    assert list(map(same, tiny.ask_many([(picture(), QUESTION)] * 2, **options))) == expected


def test_an_engine_without_batches_is_asked_one_after_another():
    class Told:
        can = Abilities()

        def stream(self, messages, options):
            yield Delta("unparsed", messages[-1].parts[-1])
            yield Usage("end", 80, 70, 6)

    told = Reasoner("told", Profile("told", "laptop"), Told())
    assert [answer.text for answer in told.ask_many([(picture(), "One?"), (picture(), "Two?")])] == [
        "One?",
        "Two?",
    ]


def test_a_mistake_in_one_question_is_said_before_any_is_asked(tiny, monkeypatch):
    monkeypatch.setattr(tiny.engine, "batch", lambda asked: pytest.fail("it was asked"))
    with pytest.raises(QvqError, match="question is empty"):
        tiny.ask_many([(picture(), QUESTION), (picture(), " ")])
    assert tiny.ask_many([]) == []


@pytest.mark.slow
def test_evaluate_counts_the_same_side_by_side(reasoner, monkeypatch):
    def rows():
        found = counting.evaluate(reasoner, ("sofa", "chart"), 2)
        return [{name: value for name, value in row.items() if name != "seconds"} for row in found.rows]

    together = rows()
    monkeypatch.setattr(reasoner.engine, "can", Abilities(continues_prefix=True, takes_several_images=True))
    assert rows() == together and len(together) == 8


def test_one_failure_in_a_batch_is_one_failed_row(reasoner, monkeypatch):
    def fail(asked):
        raise RuntimeError("out of luck")

    ask = Reasoner.ask
    monkeypatch.setattr(reasoner.engine, "batch", fail)
    monkeypatch.setattr(
        Reasoner, "ask", lambda self, drawn: fail(drawn) if drawn.seed % 2 else ask(self, drawn)
    )
    rows = counting.evaluate(reasoner, "sofa", 2, "en").rows
    assert [row["error"] for row in rows] == [None, "RuntimeError: out of luck"]


def test_an_interrupt_of_a_batch_is_not_swallowed(reasoner, monkeypatch):
    def interrupted(asked):
        raise KeyboardInterrupt

    monkeypatch.setattr(reasoner.engine, "batch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        counting.evaluate(reasoner, "sofa", 2, "en")
