"""qvq-nb plan and rehearse: the words reach the rooms, and what comes back is shown."""

import json
from types import SimpleNamespace

import pytest
from commands import qvq


@pytest.mark.parametrize(
    ("options", "dtype", "quantization"),
    [
        ((), "bf16", None),
        (("--dtype", "fp32"), "fp32", None),
        (("--quantization", "nf4"), "bf16", "nf4"),
        (("--quantization", "fp8"), "bf16", "fp8"),
    ],
)
def test_plan_hands_on_dtype_and_quantization(options, dtype, quantization):
    code, output, _ = qvq("plan", "--gpus", "4x48", "--json", *options)
    planned = json.loads(output)
    assert code == 0 and (planned["dtype"], planned["quantization"]) == (dtype, quantization)


def test_plan_shows_a_table_and_what_to_do_next():
    code, output, notes = qvq("plan", "--gpus", "4x48")
    assert code == 0 and notes == ""
    assert "GiB on each device" in output and "Verdict: " in output and "Verdicts: bf16 " in output


def test_rehearse_hands_on_what_was_asked_for(monkeypatch):
    def rehearse(model, **asked_for):
        asked.append((model, asked_for))
        print("a library prints this")
        return SimpleNamespace(rows=lambda: [("layers", "4 of 80", "")], to_dict=lambda: {"layers": 4})

    asked = []
    monkeypatch.setattr("qvq_nb.rehearsal.rehearsing.rehearse", rehearse)
    options = ("--layers", 4, "--quantization", "int8", "--max-memory", "cpu=8GiB", "--image", "280x140")
    code, output, notes = qvq("rehearse", *options)
    assert code == 0 and "4 of 80" in output and "no weights, so no answer" in notes
    model, asked_for = asked[0]
    assert model == "qvq-72b" and asked_for["image"] == (280, 140)
    assert (asked_for["layers"], asked_for["dtype"], asked_for["quantization"]) == (4, "bf16", "int8")
    assert asked_for["max_memory"] == "cpu=8GiB"
    assert json.loads(qvq("rehearse", "--json")[1]) == {"layers": 4}
