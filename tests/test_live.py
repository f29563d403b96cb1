"""An answer is shown while it is being written, where somebody sees it; nothing is left over in the end."""

import os
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import nbclient
import nbformat
import pytest
from jupyter_client.manager import start_new_kernel

from qvq_nb import screen
from qvq_nb.evaluation.counting import evaluate
from qvq_nb.inference import live

SLOW = """
import time
from PIL import Image
from qvq_nb.inference.engine import Abilities, Delta, Usage
from qvq_nb.inference.reasoner import Reasoner
from qvq_nb.models.profiles import Profile

class Slow:
    can = Abilities()

    def stream(self, messages, options):
        time.sleep(SECONDS)
        for word in "One <b>bird</b>, two.".split(" "):
            yield Delta("unparsed", word + " ")
            time.sleep(SECONDS / 3)
        yield Usage("end", 80, 70, 6)

reasoner = Reasoner("slow", Profile("slow", "laptop"), Slow())
picture = Image.new("RGB", (280, 196), "white")
"""
SLOWLY, AT_ONCE = (SLOW.replace("SECONDS", seconds) for seconds in ("0.9", "0"))
ERASED = "\x1b[2K"  # how a terminal is told to empty a line
ASK = "reasoner.ask(picture, 'How many birds?')"


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel()
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def messages_of(kernel, code, somebody=True):
    """What a kernel sends while it executes the code for somebody who sits before it, or for nobody."""
    kernel.execute(code, allow_stdin=somebody)
    sent = []
    while True:
        message = kernel.get_iopub_msg(timeout=60)
        if message["content"].get("execution_state") == "idle":
            return sent
        if message["msg_type"] in (
            "display_data",
            "update_display_data",
            "execute_result",
            "stream",
            "error",
        ):
            sent.append((message["msg_type"], message["content"]))


def test_a_slow_answer_grows_in_the_cell_and_then_the_cell_shows_it(kernel):
    *shown, (last_kind, last) = messages_of(kernel, SLOWLY + ASK)
    kinds = [kind for kind, _ in shown]
    assert kinds == ["display_data"] + ["update_display_data"] * (len(shown) - 1)
    assert len({content["transient"]["display_id"] for _, content in shown}) == 1
    texts = [content["data"].get("text/plain", "") for _, content in shown]
    assert texts[0] == "" and texts[1] == "Reading the picture …"
    assert "One <b>bird</b>, " in texts and not any(
        "<b>" in str(one["data"].get("text/html")) for _, one in shown
    )
    assert len(texts) == len(set(texts)) + 1  # nothing is sent twice, but that it begins and ends empty
    assert shown[-1][1]["data"] == {}
    assert last_kind == "execute_result" and last["data"]["text/plain"] == "One <b>bird</b>, two."


def test_what_is_said_before_the_first_word_is_in_the_language_of_the_question(kernel):
    shown = messages_of(kernel, SLOWLY + "reasoner.ask(picture, '图中有几只鸟？')")
    assert shown[1][1]["data"]["text/plain"] == "正在读图 …"


@pytest.mark.parametrize(
    ("code", "somebody"),
    [
        (AT_ONCE + ASK, True),
        (SLOWLY + ASK, False),
        (SLOWLY + f"from qvq_nb.inference.live import quietly\nwith quietly(): answer = {ASK}\nanswer", True),
    ],
)
def test_a_quick_answer_nobody_there_and_quietly_show_the_answer_alone(kernel, code, somebody):
    assert [kind for kind, _ in messages_of(kernel, code, somebody)] == ["execute_result"]


def test_an_interrupted_cell_leaves_nothing_over(kernel):
    code = (
        SLOWLY + "Slow.stream = lambda *_: (time.sleep(1), (_ for _ in ()).throw(KeyboardInterrupt))\n" + ASK
    )
    *shown, (kind, content) = messages_of(kernel, code)
    assert shown[-1][1]["data"] == {} and (kind, content["ename"]) == ("error", "KeyboardInterrupt")
    threads = "import threading; [one.name for one in threading.enumerate() if 'live' in one.name]"
    assert messages_of(kernel, threads)[0][1]["data"]["text/plain"] == "[]"


def test_an_executed_notebook_holds_the_answer_and_nothing_besides():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SLOWLY + ASK)])
    nbclient.NotebookClient(notebook, kernel_name="python3").execute()
    assert [output.output_type for output in notebook.cells[0].outputs] == ["execute_result"]


def outcome(code, **places):
    return subprocess.run([sys.executable, "-c", SLOWLY + code], timeout=120, **places)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal on Windows")
def test_in_a_terminal_it_is_shown_and_taken_away_again():
    import pty

    reader, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
    done = outcome(f"print({ASK})", stdout=subprocess.PIPE, stderr=terminal, env=environment)
    text = os.read(reader, 10**6).decode()
    os.close(terminal)
    os.close(reader)
    assert done.stdout.decode().strip() == "One <b>bird</b>, two."
    assert "Reading the picture …" in text and "One <b>bird</b>, two." in text
    assert text.endswith(ERASED)


def test_in_a_pipe_nothing_is_shown():
    done = outcome(f"print({ASK})", capture_output=True)
    assert (done.stdout.strip(), done.stderr) == (b"One <b>bird</b>, two.", b"")


def test_control_characters_of_a_model_do_not_reach_the_screen(monkeypatch):
    seen = []
    monkeypatch.setattr(screen, "in_notebook", lambda: True)
    monkeypatch.setattr(screen, "somebody_is_there", lambda: True)
    handle = SimpleNamespace(update=lambda data, raw: seen.append(data.get("text/plain")))
    monkeypatch.setattr("IPython.display.display", lambda *_, **__: handle)
    with live.shown("en") as show:
        show("six \x1b[31m\x07birds")
        time.sleep(live.SECONDS_BEFORE_ANYTHING_IS_SHOWN + 0.2)
    assert seen == ["six [31mbirds", None]


def test_evaluate_is_quiet(monkeypatch):
    inside = []

    class Asked:
        def ask(self, image, question):
            with live.shown("en"):
                inside.append([one for one in threading.enumerate() if "live" in one.name])
            return "6"

    monkeypatch.setattr(sys, "stderr", SimpleNamespace(isatty=lambda: True, write=len, flush=int))
    with live.shown("en"):
        assert any("live" in one.name for one in threading.enumerate())
    evaluate(Asked(), families=("recognition",), seeds=(1,), languages=("en",))
    assert inside == [[]]
