"""The real `transformers serve` with qvq-mini on this machine: what `LocalServer` starts and what it says."""

import json
import subprocess
import sys

import psutil
import pytest

from qvq_mini.tokenizer import RESPONSE_TEMPLATE
from qvq_nb.errors import QvqError
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
