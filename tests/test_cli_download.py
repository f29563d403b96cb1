"""qvq-nb download and verify: what the command adds to the room, a look at the plan."""

import json

from commands import qvq

from qvq_nb.cli.download import judged
from qvq_nb.memory.planning import plan
from qvq_nb.models.profiles import get


def test_a_model_is_judged_by_the_plan_for_this_machine():
    folder = get("qvq-mini").folder
    planned = plan(folder)
    gpu_bytes = sum(gpu.memory_bytes for gpu in planned.gpus)
    assert judged(folder) == (planned.parameters, gpu_bytes, planned.verdict)


def test_of_what_cannot_be_planned_nothing_is_said(tmp_path):
    for config in ({"model_type": "llama"}, []):
        (tmp_path / "config.json").write_text(json.dumps(config))
        parameters, _, verdict = judged(tmp_path)
        assert (parameters, verdict) == (None, None)


def test_the_judge_reaches_the_download(monkeypatch, tmp_path):
    asked = []

    def download(model, to, **options):
        asked.append(options["judge"])
        return Report()

    class Report:
        def __str__(self):
            return "it is there"

    monkeypatch.setattr("qvq_nb.download.download", download)
    assert qvq("download", "qvq-72b", "--to", tmp_path) == (0, "it is there\n", "")
    assert asked == [judged]
