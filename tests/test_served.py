"""The real `transformers serve` with qvq-mini on this machine: what `LocalServer` starts and what it says."""

import json
import subprocess
import sys

import psutil
import pytest

from qvq_mini.families import TAUGHT
from qvq_mini.tokenizer import RESPONSE_TEMPLATE
from qvq_nb import case, load
from qvq_nb.cases import LANGUAGES
from qvq_nb.errors import QvqError
from qvq_nb.inference.engine import Delta
from qvq_nb.models.profiles import get
from qvq_nb.serving.server import LocalServer

pytest.importorskip("fastapi")


def test_the_embedded_models_tokenizer_tells_servers_how_to_part_thinking_and_answer(tiny_folder):
    for folder in (get("qvq-mini").folder, tiny_folder):
        stored = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
        assert stored["response_template"] == RESPONSE_TEMPLATE


@pytest.mark.slow
def test_the_server_ends_with_the_process_that_started_it():
    code = (
        "import os; from qvq_nb.serving.server import LocalServer; s = LocalServer().start(); "
        "print(s.port, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    port = int(done.stdout)
    listening = [one for one in psutil.process_iter(["cmdline"]) if str(port) in (one.info["cmdline"] or [])]
    _, alive = psutil.wait_procs(listening, timeout=60)
    assert not alive


@pytest.mark.slow
def test_a_folder_that_cannot_be_served_is_told_with_the_servers_last_words(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(QvqError, match="did not start: .+"):
        LocalServer(tmp_path).start()


@pytest.fixture(scope="module")
def served():
    with LocalServer() as server:
        yield load(server.address)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", TAUGHT)
def test_the_same_words_come_from_the_server_as_from_this_process(served, reasoner, family, language):
    drawn = case(family, language=language)
    there, here = served.ask(drawn), reasoner.ask(drawn)
    assert (there.thinking, there.final, there.stop_reason) == (here.thinking, here.final, here.stop_reason)
    assert (there.prompt_tokens, there.language) == (here.prompt_tokens, here.language)
    assert drawn.check(there).ok == drawn.check(here).ok


@pytest.mark.slow
def test_the_server_parts_thinking_and_answer_while_it_streams(served):
    channels = [piece.channel for piece in served.stream(case("chart")) if isinstance(piece, Delta)]
    assert channels == sorted(channels, key=("thinking", "answer").index) and set(channels) == {
        "thinking",
        "answer",
    }


@pytest.mark.slow
def test_an_answer_that_is_closed_stops_the_server_at_once(served):
    stream = served.stream(case("chart"))
    next(stream)
    stream.close()
    assert served.ask(case("recognition")).stop_reason == "end"


@pytest.mark.slow
def test_several_pictures_go_along(served):
    answer = served.ask([case("chart").image, case("invoice").image], "What is the highest value of GPT-4o?")
    assert answer.new_tokens > 0 and "2 pictures" in " ".join(answer.notes)


@pytest.mark.slow
def test_another_name_than_the_served_one_is_told(served):
    with pytest.raises(QvqError, match="qvq-mini"):
        load(served.engine.connection.address, name="another").ask(case("chart"))


@pytest.mark.slow
def test_a_served_narrow_model_is_guarded_like_the_one_here(served):
    assert served.ask(case("chart"), "What is the capital of France?").stop_reason == "refused"
