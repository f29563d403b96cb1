"""One model shared by two processes: the same words, and no process left behind."""

import json
import os
import subprocess
import sys

import pytest

from qvq_nb import case, load
from qvq_nb.errors import QvqError
from qvq_nb.inference.loading.processes import check_tensor_parallel, run_together
from qvq_nb.models.profiles import get


@pytest.mark.slow
@pytest.mark.skipif(not get("qvq-mini").is_here, reason="data/qvq-mini is not in this checkout")
def test_two_processes_write_what_one_writes(tmp_path):
    example = case("recognition")
    example.image.save(tmp_path / "image.png")
    command = [
        sys.executable,
        "-m",
        "qvq_nb.cli",
        "ask",
        str(tmp_path / "image.png"),
        example.question,
        "--tensor-parallel",
        "2",
        "--json",
    ]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    environment.pop("RANK", None)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    assert (
        json.loads(done.stdout)["text"]
        == load("qvq-mini", device="cpu").ask(example.image, example.question).text
    )


@pytest.mark.parametrize("ranks", [0, 3, 4])
def test_heads_that_cannot_be_shared_are_refused(tiny_folder, ranks):
    with pytest.raises(QvqError, match="2 key-value heads cannot be shared.*take 1 or 2"):
        check_tensor_parallel(tiny_folder, ranks)


SHOW = "import os, sys; print(os.environ['RANK'], os.environ['WORLD_SIZE'], flush=True)"


def test_only_the_first_process_is_seen(capfd):
    assert run_together([sys.executable, "-c", SHOW], 3) == 0
    assert capfd.readouterr().out == "0 3\n"


def test_when_one_process_fails_the_others_end_and_its_words_are_shown(capfd):
    script = (
        "import os, sys, time\nif os.environ['RANK'] == '1': sys.exit('rank 1 gives up')\ntime.sleep(600)"
    )
    assert run_together([sys.executable, "-c", script], 2) == 1
    assert "rank 1 gives up" in capfd.readouterr().err


def test_the_processes_talk_on_the_loopback_interface(capfd):
    script = (
        "import os; meeting_point = os.environ['QVQ_NB_RENDEZVOUS']\n"
        "print(os.environ['GLOO_SOCKET_IFNAME'], os.path.exists(os.path.dirname(meeting_point)))"
    )
    run_together([sys.executable, "-c", script], 1)
    assert capfd.readouterr().out.split() in (["lo", "True"], ["lo0", "True"])
