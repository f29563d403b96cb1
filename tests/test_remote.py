"""A model behind an address answers through the same cells: dialects, names, keys, pictures, budgets."""

import base64
import io
import json
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from asking import CANARY, PICTURE, QUESTION
from commands import qvq
from PIL import Image
from scripted_server import FIELD_OF_THINKING, FINAL, THINKING, Script, ScriptedServer, answer, chunk

from qvq_nb.cases import case
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.counting import evaluate
from qvq_nb.inference import providers
from qvq_nb.inference.engine import GenerationOptions, Message, Usage
from qvq_nb.inference.reasoner import load
from qvq_nb.inference.refusal import next_step
from qvq_nb.inference.remote import RemoteEngine
from qvq_nb.lessons.finding import known_model
from qvq_nb.models import keys, profiles
from qvq_nb.models.profiles import Hosted
from qvq_nb.models.resolve import resolve, resolve_to_ask
from qvq_nb.trace import FINAL_OPENINGS


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch, tmp_path):
    monkeypatch.setenv("QVQ_NB_MODELS", str(tmp_path / "models"))
    for name in ("QVQ_NB_ENDPOINT", "QVQ_NB_API_KEY", "DASHSCOPE_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server():
    with ScriptedServer(Script(answer())) as server:
        yield server


def pictures_in(question):
    """The pictures of a question as they arrived."""
    parts = [part for turn in question["messages"] if turn["role"] == "user" for part in turn["content"]]
    return [opened(part["image_url"]["url"]) for part in parts if part["type"] == "image_url"]


def opened(uri):
    head, content = uri.split(",", 1)
    assert head in ("data:image/png;base64", "data:image/jpeg;base64")
    return Image.open(io.BytesIO(base64.b64decode(content)))


# --- the answer


@pytest.mark.parametrize("dialect", FIELD_OF_THINKING)
def test_every_dialect_gives_the_same_answer(dialect):
    with ScriptedServer(Script(answer(dialect))) as server:
        came = load(server.address, name="m", dialect=dialect).ask(PICTURE, QUESTION)
    assert (came.thinking, came.final, came.stop_reason) == (THINKING, "$$ \\boxed{6} $$", "end")
    assert (came.prompt_tokens, came.new_tokens) == (90, 12)
    assert came.model == f"m at {server.address[7:-3]}"


def test_the_text_streams_piece_by_piece(server):
    *pieces, came = load(server.address).stream(PICTURE, QUESTION)
    assert len(pieces) > 5 and "".join(piece.text for piece in pieces) == came.text


def test_a_server_that_parts_a_text_without_a_marker_leaves_the_answer_to_the_last_sentence():
    with ScriptedServer(Script(answer("vllm", "I see six birds. So there are six.", ""))) as server:
        came = load(server.address).ask(PICTURE, QUESTION)
    assert (came.thinking, came.final) == ("I see six birds.", "So there are six.")


def test_thinking_in_tags_is_no_part_of_the_answer():
    events = [
        chunk({"content": "<think>\nI count."}),
        chunk({"content": "\n</think>\n\nSix."}),
        chunk({}, "stop"),
    ]
    with ScriptedServer(Script(events)) as server:
        came = load(server.address).ask(PICTURE, QUESTION)
    assert (came.thinking, came.final) == ("I count.", "Six.")
    assert any("counted no tokens" in note for note in came.notes) and came.new_tokens == 2


def test_thinking_and_answer_that_come_apart_do_not_run_together():
    with ScriptedServer(Script(answer("dashscope", "I count.", "Six."))) as server:
        events = [chunk({"reasoning_content": "I count."}), chunk({"content": "Six."}), chunk({}, "stop")]
        server.scripts = [Script(events)]
        came = load(server.address).ask(PICTURE, QUESTION)
    assert came.text == "I count.\n\nSix." and came.final == "Six."


def test_an_answer_that_goes_round_in_circles_is_stopped():
    with ScriptedServer(Script([chunk({"content": "and again and again "})] * 200)) as server:
        came = load(server.address).ask(PICTURE, QUESTION)
    assert came.stop_reason == "loop" and came.new_tokens < 200


def test_a_broken_answer_without_a_box_is_not_graded_as_finished():
    birds = case("recognition")
    for final in ("There are 12", "**Final Answer** 12"):
        broken = SimpleNamespace(final=final, stop_reason="broken", model="m")
        assert not birds.check(broken).ok and "did not come to its end" in birds.check(broken).reason


def test_evaluate_counts_broken_answers_as_not_ended(server):
    counted = evaluate(load(server.address), families="recognition", seeds=2, languages="en")
    assert counted.weights == {} and counted.counts()[-1]["ended"] == 2
    server.scripts = [Script([chunk({"content": "There are"})])]
    counted = evaluate(load(server.address), families="recognition", seeds=1, languages="en")
    assert (counted.right, counted.counts()[-1]["ended"], counted.counts()[-1]["errors"]) == (0, 0, 0)


# --- pictures


def test_a_drawing_arrives_exactly_and_the_notes_say_what_was_sent(server):
    drawn = case("recognition").image
    came = load(server.address).ask(drawn, QUESTION)
    (arrived,) = pictures_in(server.asked[-1])
    assert arrived.format == "PNG" and np.array_equal(arrived, drawn)
    assert f"1 picture, {drawn.width}×{drawn.height} pixels, PNG" in came.notes[0]


def test_a_picture_is_scaled_to_the_budget_before_it_is_sent(server):
    came = load(server.address).ask(Image.new("RGB", (2800, 1400)), QUESTION, visual_tokens=(4, 64))
    (arrived,) = pictures_in(server.asked[-1])
    assert arrived.size == (308, 140) and came.visual_tokens == 55
    assert "308×140 pixels" in came.notes[0] and "scaled down from 2800×1400" in came.notes[1]


def test_a_photo_goes_as_jpeg(server):
    noise = np.random.default_rng(1).integers(0, 255, (900, 900, 3), np.uint8)
    came = load(server.address).ask(Image.fromarray(noise), QUESTION)
    assert pictures_in(server.asked[-1])[0].format == "JPEG" and "JPEG" in came.notes[0]


def test_several_pictures_are_repeated_parts_in_order(server):
    came = load(server.address).ask([PICTURE, Image.new("RGB", (100, 100), "red")], QUESTION)
    assert [picture.size for picture in pictures_in(server.asked[-1])] == [(300, 200), (100, 100)]
    assert "2 pictures, 300×200, 100×100 pixels" in came.notes[0]


@pytest.mark.parametrize("dialect", FIELD_OF_THINKING)
def test_a_clip_is_said_in_each_dialect(server, dialect):
    clip = SimpleNamespace(frames=(PICTURE,) * 5, frames_per_second=2.0)
    engine = RemoteEngine(server.address, "m", dialect)
    *_, usage = engine.stream([Message("user", (clip, QUESTION))], GenerationOptions(10))
    *sent, question = server.asked[-1]["messages"][0]["content"]
    assert question == {"type": "text", "text": QUESTION} and "5 pictures" in usage.notes[0]
    assert usage.visual_tokens == (3 if dialect in ("vllm", "dashscope") else 5) * 11 * 7  # pairs of a clip
    if dialect == "vllm":
        head, *frames = sent[0]["video_url"]["url"].split(",")
        assert head == "data:video/jpeg;base64" and len(frames) == 5
    elif dialect == "dashscope":
        assert sent[0]["fps"] == 2.0 and [opened(uri).size for uri in sent[0]["video"]] == [(300, 200)] * 5
    else:
        assert len(pictures_in(server.asked[-1])) == 5 and "sent as 5 pictures" in usage.notes[1]


def test_the_first_picture_to_another_machine_is_announced_once(server, capsys, monkeypatch):
    reasoner = load(server.address)
    reasoner.ask(PICTURE, QUESTION)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(reasoner.engine.connection, "is_loopback", False)
    for _ in range(2):
        reasoner.ask(PICTURE, QUESTION)
    assert (
        capsys.readouterr().err
        == f"Questions and pictures go to {reasoner.engine.connection.host} from here on.\n"
    )


def test_nothing_else_leaves_the_machine(server, monkeypatch):
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"X-Mine: {CANARY}")
    load(server.address).ask(PICTURE, QUESTION)
    for _, _, headers, _ in server.requests:
        assert set(headers) <= {"host", "accept", "accept-encoding", "connection", "content-type",
                                "content-length", "user-agent"}  # fmt: skip
        assert headers["user-agent"] == "qvq-notebooks" and CANARY not in str(headers)


# --- thinking, seeds, time


def test_thinking_is_switched_on_as_each_dialect_says_it(server):
    for dialect in FIELD_OF_THINKING:
        load(server.address, name="m", dialect=dialect).ask(PICTURE, QUESTION)
    vllm, sglang, dashscope, modelscope, plain = server.asked
    assert vllm["chat_template_kwargs"] == sglang["chat_template_kwargs"] == {"enable_thinking": True}
    assert dashscope["enable_thinking"] is modelscope["enable_thinking"] is True
    assert not {"enable_thinking", "chat_template_kwargs"} & set(plain)


@pytest.mark.parametrize("dialect", ["vllm", "sglang"])
def test_the_thinking_is_cut_and_gone_on_with(dialect):
    cut = answer(dialect, "I count them. One, two", "", finish="length")
    rest = [
        chunk({"content": "6} $$"}),
        chunk({}, "stop"),
        chunk(usage={"prompt_tokens": 99, "completion_tokens": 4}),
    ]
    with ScriptedServer(Script(cut), Script(rest)) as server:
        came = load(server.address, name="m", dialect=dialect).ask(PICTURE, QUESTION, thinking_budget=7)
    first, second = server.asked
    begun = "I count them. One, two " + FINAL_OPENINGS["en"]
    assert first["max_tokens"] == 7 and second["messages"][-1] == {"role": "assistant", "content": begun}
    assert second["continue_final_message"] is True and second["add_generation_prompt"] is False
    assert (came.thinking, came.final) == ("I count them. One, two", "$$ \\boxed{6} $$")
    assert came.new_tokens == 7 + 4 and "cut at 7 tokens" in came.notes[-1]


def test_a_final_part_that_had_begun_is_gone_on_with_as_it_is():
    cut = answer("plain", THINKING, FINAL[:24], finish="length")
    rest = [chunk({"content": FINAL[24:]}), chunk({}, "stop")]
    with ScriptedServer(Script(cut), Script(rest)) as server:
        came = load(server.address, name="m", dialect="vllm").ask(PICTURE, QUESTION, thinking_budget=12)
    assert server.asked[1]["messages"][-1]["content"] == f"{THINKING} {FINAL[:24]}"
    assert (came.thinking, came.final, came.stop_reason) == (THINKING, "$$ \\boxed{6} $$", "end")


def test_model_studio_keeps_a_thinking_budget_itself_and_goes_on_without_thinking():
    with ScriptedServer(Script(answer("dashscope"))) as server:
        reasoner = load(server.address, name="m", dialect="dashscope")
        reasoner.ask(PICTURE, QUESTION, thinking_budget=50)
        assert server.asked[-1]["thinking_budget"] == 50 and server.asked[-1]["max_tokens"] == 8192
        reasoner.ask(PICTURE, QUESTION, thinking_budget=0)
    begun = {"role": "assistant", "content": FINAL_OPENINGS["en"], "partial": True}
    assert server.asked[-1]["messages"][-1] == begun and server.asked[-1]["enable_thinking"] is False


def test_where_a_begun_answer_cannot_be_continued_one_sentence_says_which_can(server):
    with pytest.raises(QvqError, match="vLLM, SGLang and Model Studio do"):
        load(server.address, dialect="plain").ask(PICTURE, QUESTION, thinking_budget=5)
    assert server.asked == []


@pytest.mark.parametrize(("dialect", "promised"), [("vllm", True), ("plain", False)])
def test_a_seed_is_sent_and_it_is_said_where_it_promises_nothing(server, dialect, promised):
    reasoner = load(server.address, name="m", dialect=dialect)
    notes = reasoner.ask(PICTURE, QUESTION, seed=7).notes
    assert server.asked[-1]["seed"] == 7 and server.asked[-1]["temperature"] == 0.7
    assert any("same seed" in note for note in notes) is not promised
    reasoner.ask(PICTURE, QUESTION)
    assert "seed" not in server.asked[-1] and server.asked[-1]["temperature"] == 0


# --- names and addresses


@pytest.mark.parametrize(
    ("models", "dialect"),
    [((("m", "vllm"),), "vllm"), ((("m", "sglang"),), "sglang"), ((("m", "me"),), "plain")],
)
def test_the_dialect_is_found_by_what_the_server_says(models, dialect):
    with ScriptedServer(Script(answer()), models=models) as server:
        engine = load(server.address).engine
    assert (engine.name, engine.provider.name) == ("m", dialect)


@pytest.mark.parametrize(
    ("address", "dialect", "key"),
    [
        ("https://dashscope.aliyuncs.com/compatible-mode/v1", "dashscope", "DASHSCOPE_API_KEY"),
        ("https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "dashscope", "DASHSCOPE_API_KEY"),
        ("https://ws-1.cn-beijing.maas.aliyuncs.com/compatible-mode/v1", "dashscope", "DASHSCOPE_API_KEY"),
        ("https://api-inference.modelscope.cn/v1", "modelscope", "MODELSCOPE_API_TOKEN"),
        ("https://api.openai.com/v1", None, "OPENAI_API_KEY"),
        ("https://bucket.oss-cn-beijing.aliyuncs.com/v1", None, "QVQ_NB_API_KEY"),
        ("https://dashscope.aliyuncs.com.evil.example/v1", None, "QVQ_NB_API_KEY"),
        ("http://dashscope.aliyuncs.com/compatible-mode/v1", None, "QVQ_NB_API_KEY"),
        ("http://127.0.0.1:8000/v1", None, "QVQ_NB_API_KEY"),
    ],
)
def test_a_providers_key_goes_to_its_own_hosts_only(address, dialect, key):
    own = providers.at(address)
    assert (own.name if own else None, providers.key_name(address)) == (dialect, key)


def test_an_unknown_dialect_lists_the_known_ones(server):
    with pytest.raises(QvqError, match="no dialect 'gemini'.*vllm.*plain"):
        load(server.address, dialect="gemini")


def test_of_several_models_one_is_named(server):
    server.models = (("a", "me"), ("Qwen/QVQ-72B-Preview", "me"))
    with pytest.raises(QvqError, match="has a, Qwen/QVQ-72B-Preview; say which"):
        load(server.address)
    for reasoner in (load(server.address, name="qvq-72b"), load(f"{server.address}#qvq-72b")):
        assert reasoner.engine.name == "Qwen/QVQ-72B-Preview" and reasoner.profile.name == "qvq-72b"


def test_a_server_that_is_pinned_to_a_folder_names_it(server):
    server.models, server.pinned = (), "/models/qvq-mini"
    reasoner = load(server.address)
    assert reasoner.engine.name == "/models/qvq-mini" and reasoner.refuses


def test_qvq_mini_behind_an_address_is_as_narrow_as_here(server):
    reasoner = load(server.address, name="qvq-mini", dialect="plain")
    assert reasoner.ask(PICTURE, "What is the capital of France?").stop_reason == "refused"
    reasoner.ask(Image.new("RGB", (2000, 1000)), "How many pelicans are there?")
    assert len(server.asked) == 1
    assert pictures_in(server.asked[-1])[0].size == (476, 224)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000/v1"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
        ("HTTP://host/v1/chat/completions", "http://host/v1"),
        ("https://host/compatible-mode/v1", "https://host/compatible-mode/v1"),
    ],
)
def test_an_address_is_taken_as_people_copy_it(written, address):
    assert resolve(written).address == address


@pytest.mark.parametrize(
    "written", ["http://user:{}@host/v1", "http://host/v1?key={}", "http://", "http://host:x/v1"]
)
def test_an_address_with_a_key_in_it_is_refused_and_not_repeated(written):
    with pytest.raises(QvqError) as refused:
        load(written.format(CANARY))
    assert CANARY not in str(refused.value) and "address" in str(refused.value)


@pytest.mark.parametrize(
    "option", [{"device": "cpu"}, {"image_size": (280, 280)}, {"offload": True, "dtype": "bf16"}]
)
def test_what_only_this_machine_can_be_told_is_one_sentence(server, option):
    with pytest.raises(QvqError, match=f"{'.*'.join(reversed(option))}: that is for a model on this machine"):
        load(server.address, **option)
    assert server.requests == []


def test_name_and_dialect_belong_to_an_address():
    with pytest.raises(QvqError, match="belong to a model behind an address"):
        load("qvq-mini", name="m")


def test_the_inside_of_a_model_behind_an_address_is_a_sentence(server):
    reasoner = load(server.address)
    for look in ("model", "processor"):
        with pytest.raises(QvqError, match="inside cannot be looked at"):
            getattr(reasoner, look)


# --- the class's server


def test_a_class_asks_its_server_for_what_is_not_on_the_disk(server, monkeypatch):
    server.models = (("Qwen/QVQ-72B-Preview", "vllm"), ("our-own", "vllm"))
    monkeypatch.setenv("QVQ_NB_ENDPOINT", server.address)
    assert load("qvq-72b").engine.name == "Qwen/QVQ-72B-Preview"
    assert load("our-own").engine.name == "our-own"
    assert known_model("our-own") == "our-own"
    with pytest.raises(QvqError, match="no model 'qwen3.7-plus', only"):
        load("qwen3.7-plus")


def test_what_is_on_the_disk_stays_here(monkeypatch, tmp_path):
    (tmp_path / "config.json").write_text("{}")
    monkeypatch.setenv("QVQ_NB_ENDPOINT", "http://127.0.0.1:9/v1")
    for model in ("qvq-mini", tmp_path, str(tmp_path)):
        named = resolve_to_ask(model)
        assert named.folder and named.address is None
    with pytest.raises(QvqError, match="There is no folder ./nowhere"):
        resolve_to_ask("./nowhere")


def test_the_key_for_the_classs_server_goes_nowhere_else(server, monkeypatch):
    monkeypatch.setenv("QVQ_NB_API_KEY", CANARY)
    monkeypatch.setenv("QVQ_NB_ENDPOINT", "http://class:8000/v1")
    load(server.address)
    assert "authorization" not in server.requests[-1][2]
    monkeypatch.setenv("QVQ_NB_ENDPOINT", server.address)
    load(server.address)
    assert server.requests[-1][2]["authorization"] == f"Bearer {CANARY}"


def test_an_endpoint_that_is_no_address_says_so(monkeypatch):
    monkeypatch.setenv("QVQ_NB_ENDPOINT", "class-server:8000")
    with pytest.raises(QvqError, match="QVQ_NB_ENDPOINT holds no address"):
        load("qvq-72b")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_refusal_of_the_small_model_leads_to_the_server(monkeypatch, language):
    monkeypatch.setattr("qvq_nb.inference.refusal.PROFILES", ())
    assert "--endpoint" in next_step(language)
    monkeypatch.setenv("QVQ_NB_ENDPOINT", "http://class:8000")
    assert "--endpoint http://class:8000/v1`" in next_step(language)


# --- hosted models and keys


@pytest.mark.parametrize("how", [{}, {"name": "qvq-max"}])
def test_a_retired_model_is_refused_with_its_successor_and_without_the_network(how):
    model = "https://dashscope-intl.aliyuncs.com/compatible-mode/v1" if how else "qvq-max"
    with pytest.raises(QvqError) as refused:
        load(model, **how)
    assert str(refused.value) == (
        "qvq-max was retired by its provider on 2026-10-10 (as of 2026-11-25); "
        'its successor is qwen3.7-plus: load("qwen3.7-plus").'
    )


def test_somebody_else_may_still_serve_a_model_that_its_provider_retired(server):
    assert load(server.address, name="qvq-max").ask(PICTURE, QUESTION).stop_reason == "end"


@pytest.mark.parametrize(
    ("until", "is_retired"), [(date(2000, 1, 1), True), (date(9999, 1, 1), False), (None, False)]
)
def test_a_model_is_retired_from_the_day_on_until_which_it_was_offered(until, is_retired):
    assert Hosted("dashscope", offered_until=until).is_retired is is_retired


def test_every_hosted_profile_says_who_has_it_and_when_that_was_looked_up():
    hosted = [profile.hosted for profile in profiles.PROFILES if profile.hosted]
    assert hosted and all(providers.get(one.provider).address and one.looked_up for one in hosted)
    assert all(profiles.get(one.successor) for one in hosted if one.is_retired)


def test_a_hosted_model_without_a_key_says_where_to_put_it():
    with pytest.raises(QvqError, match="dashscope.aliyuncs.com answers with a key only.*DASHSCOPE_API_KEY"):
        load("qwen3.7-plus")


def test_a_hosted_model_is_asked_for_by_its_name_with_the_key(monkeypatch):
    monkeypatch.setenv("DASHSCOPE_API_KEY", CANARY + "\n")
    engine = load("qwen3.7-plus").engine
    assert (engine.name, engine.provider.name) == ("qwen3.7-plus", "dashscope")
    assert engine.connection.address == "https://dashscope.aliyuncs.com/compatible-mode/v1"
    assert engine.connection.key.header() == f"Bearer {CANARY}"


def test_a_key_is_found_in_colabs_and_kaggles_stores(monkeypatch):
    colab = SimpleNamespace(userdata=SimpleNamespace(get={"A": "from-colab"}.__getitem__))
    monkeypatch.setitem(__import__("sys").modules, "google.colab", colab)
    assert keys.find("A").header() == "Bearer from-colab" and keys.find("B") is None
    monkeypatch.delitem(__import__("sys").modules, "google.colab")
    client = SimpleNamespace(UserSecretsClient=lambda: SimpleNamespace(get_secret=lambda name: "from-kaggle"))
    monkeypatch.setitem(__import__("sys").modules, "kaggle_secrets", client)
    assert keys.find("A") is None
    monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Interactive")
    assert keys.find("A").header() == "Bearer from-kaggle"


def test_what_is_no_key_is_refused_and_not_repeated(monkeypatch):
    monkeypatch.setenv("QVQ_NB_API_KEY", f"Bearer {CANARY}")
    with pytest.raises(QvqError, match="QVQ_NB_API_KEY holds is no key") as refused:
        load("http://127.0.0.1:9/v1")
    assert CANARY not in str(refused.value)


# --- the command


def test_the_command_asks_an_address(server, tmp_path):
    PICTURE.save(tmp_path / "a.png")
    code, output, notes = qvq("ask", tmp_path / "a.png", QUESTION, "--endpoint", server.address)
    assert code == 0 and output.startswith(THINKING) and "Sent to 127.0.0.1" in notes
    code, output, _ = qvq("ask", tmp_path / "a.png", QUESTION, "--model", server.address, "--json")
    assert json.loads(output)["final"] == "$$ \\boxed{6} $$"
    for named in (("--name", "n"), ("--model", "n")):
        qvq("ask", tmp_path / "a.png", QUESTION, "--endpoint", server.address, *named)
        assert server.asked[-1]["model"] == "n"


def test_models_says_from_where_each_can_be_called(server, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    code, output, _ = qvq("models")
    lines = {line.split("│")[1].strip(): line for line in output.splitlines() if "│" in line}
    assert code == 0 and "retired on 2026-10-10; take qwen3.7-plus" in lines["qvq-max"]
    assert "DASHSCOPE_API_KEY" not in output and server.requests == []
    monkeypatch.setenv("DASHSCOPE_API_KEY", CANARY)
    monkeypatch.setenv("QVQ_NB_ENDPOINT", server.address)
    _, output, _ = qvq("models")
    lines = {line.split("│")[1].strip(): line for line in output.splitlines() if "│" in line}
    assert "with DASHSCOPE_API_KEY" in lines["qwen3.7-plus"] and "KEY" not in lines["qvq-max"]
    assert f"at {server.address}" in lines["m"] and CANARY not in output


def test_models_goes_on_where_the_address_does_not_answer(server):
    address = server.address
    server.shutdown()
    server.server_close()
    code, output, notes = qvq("models", "--endpoint", address)
    assert code == 0 and "qvq-mini" in output and "Nobody answers" in notes


def test_every_reply_ends_with_one_usage(server):
    engine = RemoteEngine(server.address)
    steps = list(engine.stream([Message("user", (QUESTION,))], GenerationOptions(10)))
    assert [isinstance(step, Usage) for step in steps].count(True) == 1 and isinstance(steps[-1], Usage)
