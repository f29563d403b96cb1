"""What qvq-mini refuses: questions outside its drawings, and pictures larger than in its training."""

import hashlib
import json
import re
import shutil
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from test_embedded_model import OTHER_WORDS
from typer.testing import CliRunner

from qvq_mini import augment, families, samples
from qvq_mini.families import TAUGHT
from qvq_nb import load
from qvq_nb.cases import LANGUAGES, case, facts_and_style, family_module
from qvq_nb.cases.follow_up import follow_up
from qvq_nb.cli import main as cli
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.interval import percent, wilson_interval
from qvq_nb.inference import guard
from qvq_nb.inference.engine import Abilities, Delta, GenerationOptions, Usage
from qvq_nb.inference.narrow import within_training
from qvq_nb.inference.reasoner import Reasoner
from qvq_nb.inference.refusal import next_step, refusal
from qvq_nb.lessons import report
from qvq_nb.media import resize
from qvq_nb.media.clip import clip
from qvq_nb.models import profiles
from qvq_nb.trace import language_of

QUESTIONS = json.loads((Path(__file__).parent / "guard_questions.json").read_text(encoding="utf-8"))
NONSENSE = {"en": "What is the capital of France?", "zh": "法国的首都是哪里？"}


def questions(kind, language, set_aside=False):
    """Half of the hand-written questions, parted by hash; the half set aside is only counted."""
    halves = {
        question: hashlib.sha256(question.encode()).digest()[0] % 2 for question in QUESTIONS[kind][language]
    }
    return [question for question, half in halves.items() if half == set_aside]


def rates_set_aside():
    """How the guard fares with the questions set aside, as the model card says it."""
    said = []
    for kind, what in (("outside", "outside questions let through"), ("inside", "inside questions refused")):
        asked = [question for language in LANGUAGES for question in questions(kind, language, set_aside=True)]
        wrong = sum(guard.is_inside(question) == (kind == "outside") for question in asked)
        low, high = map(percent, wilson_interval(wrong, len(asked)))
        said.append(f"{wrong} of {len(asked)} {what} ({low} to {high})")
    return ", ".join(said)


def picture(width=280, height=196):
    return Image.new("RGB", (width, height), "white")


class Counting:
    """An engine that counts how often it is asked, and keeps the last images and options."""

    calls = 0
    can = Abilities(takes_several_images=True)

    def stream(self, messages, options):
        self.calls += 1
        self.images, self.options = messages[-1].images, options
        yield Delta("unparsed", "6")
        yield Usage("end", 80, 70, 1, ("from the engine",))


@pytest.fixture
def narrow():
    return Reasoner("qvq-mini", profiles.get("qvq-mini"), Counting())


# --- which questions


@pytest.mark.parametrize("family", TAUGHT)
def test_every_question_of_the_training_and_of_the_tests_is_inside(family):
    for language, held_out in zip(LANGUAGES, OTHER_WORDS[family]):
        for seed in (None, *range(40)):
            facts = facts_and_style(family, seed)[0]
            wanted = {"model": facts.get("asked"), "x": facts.get("x")}
            asked = [
                family_module(family).question(facts, language),
                held_out.format(facts.get("asked", facts.get("x"))),
            ]
            asked += [template.format(**wanted) for template in families.module(family).WORDINGS[language]]
            assert [question for question in asked if not guard.is_inside(question)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_in_free_words_are_told_apart(language):
    inside, outside = (questions(kind, language) for kind in ("inside", "outside"))
    refused = [question for question in inside if not guard.is_inside(question)]
    accepted = [question for question in outside if guard.is_inside(question)]
    assert len(refused) <= 0.02 * len(inside), refused
    assert len(accepted) <= 0.05 * len(outside), accepted


def test_the_model_card_states_the_rates_on_the_questions_that_were_set_aside():
    card = (profiles.get("qvq-mini").folder / "README.md").read_text(encoding="utf-8")
    assert rates_set_aside() in card, f"the card must say: {rates_set_aside()}"


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ("What is the total tax?", "How many taxis in total?"),
        ("What is the total of the bill?", "What is the total of a billion?"),
        ("What is the highest bar?", "What is the highest point of Barcelona cathedral?"),
        ("How many pelicans are there?", "How many pelicans are there in Australia?"),
        ("What is the volume of the sofa?", "What is the volume of the Pacific?"),
        ("税额合计是多少？", "税务局合计多少人？"),
        ("沙发的体积是多少？", "地球的体积是多少？"),
        ("最高的柱子是多少？", "最高的柱子是谁造的？"),
    ],
)
def test_a_question_about_what_no_drawing_shows_is_outside(inside, outside):
    assert guard.is_inside(inside) and not guard.is_inside(outside)


@pytest.mark.parametrize(
    "question", ["¿Qué hora es?", "Сколько пеликанов?", "ペリカンは何羽いますか？", "???", "🦢", "V?"]
)
def test_other_languages_and_no_words_at_all_are_outside(question):
    assert not guard.is_inside(question)


@given(st.text(max_size=200))
def test_any_text_is_either_inside_or_outside(text):
    assert guard.is_inside(text) in (True, False)


# --- what the learner gets


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_an_answer_of_the_kit_and_the_model_is_not_asked(narrow, language):
    *pieces, answer = narrow.stream(picture(), NONSENSE[language])
    assert narrow.engine.calls == 0
    assert [piece.text for piece in pieces] == [answer.text] == [answer.final] == [refusal(language)]
    assert (answer.thinking, answer.new_tokens, answer.visual_tokens, answer.stop_reason) == (
        "",
        0,
        0,
        "refused",
    )
    assert (answer.model, answer.language) == ("qvq-mini", language)
    assert narrow.ask(picture(), NONSENSE[language]) == answer


def test_a_chinese_question_gets_its_notes_and_its_stamp_in_chinese(reasoner):
    media = [picture(900, 600), clip([picture(), picture()])]
    few = {"visual_tokens": (4, 9_999), "thinking_budget": 1, "max_new_tokens": 9}
    answer = reasoner.ask(media, "税额合计是多少？", **few)
    assert len(answer.notes) >= 4  # its budget, the clip, several media, what was scaled, the thinking
    assert [note for note in answer.notes if re.search("[a-z]{2,} [a-z]{2,} [a-z]{2,}", note)] == []
    for one in (answer, reasoner.ask(media, NONSENSE["zh"])):
        assert language_of(one._stamp()) == "zh"


def test_a_refusal_says_everywhere_that_the_model_did_not_write_it(narrow):
    answer = narrow.ask(picture(), NONSENSE["en"])
    for shown in (
        answer._repr_html_(),
        answer._repr_markdown_(),
        report.author(answer.to_dict(), {"model": "qvq-mini"}),
    ):
        assert "was not asked" in shown
    assert str(answer).startswith("From the kit, not from the model")
    assert "Thinking" not in answer._repr_html_() and "tokens in" not in answer._repr_html_()
    assert json.loads(json.dumps(answer.to_dict()))["stop_reason"] == "refused"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", TAUGHT)
def test_a_refusal_is_never_graded_right(narrow, family, language):
    answer = narrow.ask(picture(), NONSENSE[language])
    for seed in (None, *range(8)):
        drawn = case(family, seed, language)
        assert not drawn.check(answer).ok and not drawn.check(str(answer)).ok
    assert "kit" in drawn.check(answer).reason or "工具包" in drawn.check(answer).reason


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("fitting", "gpus", "here", "named", "command"),
    [
        ((), (), (), "", "qvq-nb models"),
        (("qwen2-vl-2b", "qwen2-vl-7b"), (), (), "qwen2-vl-2b", "qvq-nb download qwen2-vl-2b --to"),
        (("qwen2-vl-2b", "qwen2-vl-7b"), ("a GPU",), (), "qwen2-vl-7b", "qvq-nb download qwen2-vl-7b --to"),
        (("qwen2-vl-2b", "qvq-72b"), ("a GPU",), ("qwen2-vl-2b",), "qwen2-vl-2b", "--model qwen2-vl-2b"),
    ],
)
def test_a_refusal_names_a_model_that_runs_here_by_the_plan(
    monkeypatch, tmp_path, language, fitting, gpus, here, named, command
):
    monkeypatch.setenv(profiles.MODELS_FOLDER_VARIABLE, str(tmp_path))
    for name in here:
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
    planned = SimpleNamespace(gpus=gpus)
    monkeypatch.setattr(
        "qvq_nb.inference.refusal.plan",
        lambda name: SimpleNamespace(**vars(planned), verdict="fits" if name in fitting else "no"),
    )
    said = next_step(language)
    assert command in said and f'load("{named}")' in said if named else command in said
    assert said in refusal(language)


def test_a_question_about_a_drawing_reaches_the_model(narrow):
    assert narrow.ask(picture(), "How many pelicans are there?").text == "6"
    assert narrow.engine.calls == 1


def test_a_learner_can_ask_all_the_same(narrow):
    narrow.refuses = False
    assert narrow.ask(picture(), NONSENSE["en"]).stop_reason == "end"


def test_mistakes_are_told_before_a_refusal(narrow):
    with pytest.raises(QvqError, match="no file"):
        narrow.ask("missing.png", NONSENSE["en"])


@pytest.mark.parametrize("name", [name for name in profiles.names() if name != "qvq-mini"])
def test_no_other_model_refuses(name):
    other = Reasoner(name, profiles.get(name), Counting())
    assert other.ask(picture(), NONSENSE["en"], visual_tokens=(4, 16_384)).notes == ("from the engine",)


def test_a_folder_that_bears_its_name_refuses_too(tmp_path):
    folder = shutil.copytree(profiles.get("qvq-mini").folder, tmp_path / "qvq-mini")
    assert load(folder).ask(picture(), NONSENSE["en"]).stop_reason == "refused"


@pytest.mark.parametrize("as_json", [True, False])
def test_the_command_shows_a_refusal_and_ends_with_1(narrow, monkeypatch, tmp_path, as_json):
    monkeypatch.setattr("qvq_nb.inference.reasoner.load", lambda model: narrow)
    picture().save(tmp_path / "a.png")
    done = CliRunner().invoke(
        cli.app, ["ask", str(tmp_path / "a.png"), NONSENSE["en"], *["--json"] * as_json]
    )
    assert done.exit_code == 1
    assert (json.loads(done.stdout)["text"] if as_json else done.stdout.strip()) == refusal("en")
    assert as_json or "was not asked" in done.stderr


# --- pictures outside the training


@pytest.mark.parametrize("budget", [None, (4, 4000), (300, 400), (200, 200)])
@pytest.mark.parametrize("size", [(2000, 1500), (5600, 28), (28, 5572), (100, 100), (28, 28), (784, 200)])
def test_the_embedded_model_never_sees_more_than_it_was_trained_on(reasoner, size, budget):
    answer = reasoner.ask(
        picture(*size), "How many pelicans are there?", visual_tokens=budget, max_new_tokens=1
    )
    _, most = profiles.get("qvq-mini").visual_tokens
    taken_as_it_is = resize.visual_tokens(*size, 1, 10**9)
    said = " ".join(answer.notes)
    assert answer.visual_tokens <= most <= augment.MOST_TOKENS or "still takes" in said
    assert ("scaled down" in said) == (taken_as_it_is > most)
    assert ("scaled up" in said) == (answer.visual_tokens > taken_as_it_is)
    assert (f"takes at most {most}" in said) == (budget is not None and budget[1] > most)


@pytest.mark.parametrize("family", TAUGHT)
def test_the_kits_own_drawings_are_taken_as_they_are(family):
    width, height = case(family).image.size
    assert resize.visual_tokens(width, height, 1, 10**9) <= profiles.get("qvq-mini").visual_tokens[1]


@given(
    st.integers(28, 6000),
    st.integers(28, 6000),
    st.tuples(st.integers(1, 900), st.integers(1, 900)).map(lambda pair: tuple(sorted(pair))),
)
def test_no_size_and_no_budget_gets_past_the_most(width, height, budget):
    width = min(width, resize.LARGEST_ASPECT_RATIO * height)
    height = min(height, resize.LARGEST_ASPECT_RATIO * width)
    image = SimpleNamespace(size=(width, height))
    kept, _ = within_training(profiles.get("qvq-mini"), GenerationOptions(1, budget), [image])
    assert resize.visual_tokens(width, height, *kept.visual_tokens) <= augment.MOST_TOKENS


def test_several_pictures_are_said_to_be_outside_the_training(narrow):
    question = "How many pelicans are there?"
    assert "one picture at a time" in narrow.ask([picture(), picture()], question).notes[0]
    assert narrow.ask(picture(), question).notes == ("from the engine",)


def test_a_picture_too_long_for_its_budget_is_said_to_be(tiny):
    answer = tiny.ask(picture(2800, 28), "How many?", visual_tokens=(4, 20), max_new_tokens=1)
    assert answer.visual_tokens > 20
    assert f"still takes {answer.visual_tokens} visual tokens" in answer.notes[0]


def test_a_picture_beyond_the_largest_budget_is_said_to_be_scaled_down(tiny):
    from qvq_nb.inference.local.inputs import scaling_note

    assert "scaled down" in scaling_note(
        SimpleNamespace(size=(8000, 8000), width=8000, height=8000), 4, resize.MAXIMUM_VISUAL_TOKENS
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", TAUGHT)
def test_every_follow_up_and_every_composed_question_is_inside(family, language):
    for seed in range(150):
        facts = facts_and_style(family, seed % 20)[0]
        question = follow_up(family, facts, language, Random(seed)).question
        assert guard.is_inside(question), question
        composed = samples.surround(
            samples.compose(family, facts, language, Random(seed)), language, Random(seed)
        )
        assert guard.is_inside(composed), composed
