"""The dress rehearsal: a stand-in for the 72B, measured as it loads and generates, and gone afterwards."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from filelock import FileLock
from safetensors import safe_open
from survives import survives
from typer.testing import CliRunner

from qvq_nb import load
from qvq_nb.cli import main as cli
from qvq_nb.errors import QvqError
from qvq_nb.models import profiles
from qvq_nb.rehearsal import rehearsing, stand_in
from qvq_nb.rehearsal.rehearsing import rehearse
from qvq_nb.rehearsal.stand_in import write_stand_in

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA GPU here")


def keeps_holes(folder):
    try:
        stand_in.check_holes(Path(folder))
    except QvqError:
        return False
    return True


def is_in_memory(folder):
    mounts = Path("/proc/mounts")
    return mounts.is_file() and any(
        line.split()[1:3] == [folder, "tmpfs"] for line in mounts.read_text().splitlines()
    )


pytestmark = pytest.mark.skipif(
    not keeps_holes(tempfile.gettempdir()), reason="the temporary folder's file system keeps no holes"
)


@pytest.fixture(scope="session")
def config(tiny_folder):
    return json.loads((tiny_folder / "config.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def stand_in_72b(tmp_path_factory):
    config = json.loads(profiles.get("qvq-72b").config_file.read_text(encoding="utf-8"))
    return write_stand_in(config, tmp_path_factory.mktemp("stand-in"))


# -- the stand-in ----------------------------------------------------------------------------------


def test_the_stand_in_has_the_published_size_and_takes_no_room(stand_in_72b):
    files = sorted(stand_in_72b.folder.glob("*.safetensors"))
    index = json.loads((stand_in_72b.folder / "model.safetensors.index.json").read_text())
    assert stand_in_72b.parameters == 73_405_560_320
    assert index["metadata"]["total_size"] == 146_811_120_640
    assert len(index["weight_map"]) == 1354
    assert stand_in_72b.shards == len(files) == 38
    assert {file.name for file in files} == set(index["weight_map"].values())
    assert all(file.stat().st_size <= 4_000_000_000 + 100_000 for file in files)  # data, and the header
    assert stand_in_72b.apparent_bytes > 136 * 2**30
    assert stand_in_72b.disk_bytes < 2**20


def test_the_stand_in_can_be_read_as_safetensors(stand_in_72b):
    with safe_open(stand_in_72b.folder / "model-00001-of-00038.safetensors", framework="pt") as shard:
        names = shard.keys()
        assert "visual.patch_embed.proj.weight" in names
        rows = shard.get_slice("model.embed_tokens.weight")
        assert rows.get_shape() == [152064, 8192] and rows.get_dtype() == "BF16"
        assert not rows[1000:1002].any()


def test_names_and_shapes_are_those_that_transformers_saves(tiny_folder, config):
    with safe_open(tiny_folder / "model.safetensors", framework="pt") as saved:
        names = saved.keys()
        shapes = {name: tuple(saved.get_slice(name).get_shape()) for name in names}
    assert stand_in.tensor_shapes(config) == shapes


def test_a_stand_in_can_have_fewer_layers(config, tmp_path):
    made = write_stand_in(config, tmp_path / "one", layers=1)
    assert (made.layers, made.all_layers) == (1, 2)
    assert (
        made.config["text_config"]["num_hidden_layers"] == len(made.config["text_config"]["layer_types"]) == 1
    )
    assert config["text_config"]["num_hidden_layers"] == 2


def test_load_never_answers_from_a_stand_in(config, tiny_folder, tmp_path):
    for kept in (
        "config.json",
        "weights",
    ):  # the whole stand-in, and its weights beside another model's config
        folder = tmp_path / kept
        shutil.copytree(tiny_folder, folder)
        (folder / "model.safetensors").unlink()
        write_stand_in(config, tmp_path / f"made-{kept}")
        for file in (tmp_path / f"made-{kept}").iterdir():
            if kept == "config.json" or file.name != "config.json":
                shutil.copy(file, folder)
        with pytest.raises(QvqError, match="stand-in .* has no weights and cannot answer"):
            load(folder)


def test_a_folder_with_files_in_it_is_left_alone(config, tmp_path):
    (tmp_path / "mine").write_text("kept")
    with pytest.raises(QvqError, match="is not empty"):
        write_stand_in(config, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]


def test_without_holes_nothing_is_written(config, tmp_path, monkeypatch):
    monkeypatch.setattr(stand_in, "disk_bytes", lambda file: file.stat().st_size)
    with pytest.raises(QvqError, match="keeps no holes"):
        rehearse(config, folder=tmp_path)
    assert not any(tmp_path.iterdir())


def test_a_full_disk_leaves_nothing_behind(config, tmp_path, monkeypatch):
    write, written = stand_in.write_hole, []

    def full(file, shard):
        if written:
            raise OSError(28, "No space left on device")
        written.append(write(file, shard))

    monkeypatch.setattr(stand_in, "write_hole", full)
    monkeypatch.setattr(stand_in, "LARGEST_SHARD_BYTES", 100_000)
    with pytest.raises(QvqError, match="No space left on device"):
        write_stand_in(config, tmp_path)
    assert written and not any(tmp_path.iterdir())


@pytest.mark.skipif(not is_in_memory("/dev/shm"), reason="there is no file system in memory")
def test_a_file_system_in_memory_is_recognised(config):
    """There a hole is filled as soon as a loader maps and reads it."""
    with pytest.raises(QvqError, match="/dev/shm keeps no holes"):
        rehearse(config, folder="/dev/shm")


# -- what is left behind, and where there is no room -----------------------------------------------

ROOT = Path(__file__).resolve().parent.parent
HOLD = """
import sys, time
from pathlib import Path
from qvq_nb.rehearsal.stand_in import stand_in
with stand_in("qwen2-vl-2b", layers=1, folder=sys.argv[1]) as made:
    print(made.folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holding(tmp_path):
    """Starts processes that hold a stand-in in `tmp_path`; ends them afterwards."""
    running = []

    def start():
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", HOLD, str(tmp_path)]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment))
        return running[-1], Path(running[-1].stdout.readline().strip())

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


@survives(
    "machine",
    en=(
        "a rehearsal is killed (SIGKILL) and leaves its stand-in",
        "the next one, or `doctor --fix`, removes it",
    ),
    zh=("彩排被强行杀死（SIGKILL），留下替身", "下一次彩排或 `doctor --fix` 把它删掉"),
)
@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_what_a_killed_rehearsal_leaves_is_removed_and_a_living_one_is_left_alone(
    config, tmp_path, holding, monkeypatch
):
    from qvq_nb.doctor import cleaning

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (dead, left), (_, held) = holding(), holding()
    assert cleaning.leftovers().message.startswith("No killed run")
    dead.send_signal(signal.SIGKILL)
    dead.wait()
    finding = cleaning.leftovers()
    assert finding.fixable and str(left.parent) in finding.message and str(held.parent) not in finding.message
    with stand_in.stand_in(config, folder=tmp_path) as made:
        assert not left.exists() and held.exists() and made.folder.exists()
    assert [folder.resolve() for folder in tmp_path.iterdir()] == [held.parent]


def test_doctor_fix_removes_what_is_provably_the_kits_and_nothing_else(tmp_path, monkeypatch):
    from qvq_nb.doctor import cleaning, diagnosis

    def folder(name, owner, lock=True):
        (tmp_path / name).mkdir()
        (tmp_path / name / "owner.json").write_text(owner)
        if lock:
            (tmp_path / name / "owner.lock").touch()

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(diagnosis, "diagnose", lambda: [cleaning.leftovers()])
    folder("qvq-nb-dead", '{"kind": "rehearsal", "process": 1}')
    folder("qvq-nb-lab", '{"kind": "lab"}')
    folder("qvq-nb-held", '{"kind": "rehearsal"}')
    folder("qvq-nb-no-lock", '{"kind": "rehearsal"}', lock=False)
    folder("qvq-nb-other", '{"mine": 1}')
    folder("qvq-nb-text", "hello")
    folder("somebody's", '{"kind": "rehearsal"}')
    (tmp_path / "qvq-nb-empty").mkdir()
    (tmp_path / "qvq-nb-link").symlink_to(tmp_path / "somebody's")
    with FileLock(tmp_path / "qvq-nb-held" / "owner.lock"):
        (found,) = diagnosis.diagnose()
        assert found.fixable and "qvq-nb-dead" in found.message and "qvq-nb-held" not in found.message
        (after,) = diagnosis.fix([found])
    assert not after.fixable
    kept = {"held", "no-lock", "other", "text", "empty", "link"}
    assert {path.name for path in tmp_path.iterdir()} == {f"qvq-nb-{one}" for one in kept} | {"somebody's"}


@survives(
    "machine",
    en=(
        "a file system in memory without room for a trial",
        "refused before a mapped hole can kill the process",
    ),
    zh=("内存文件系统小得连试写都放不下", "事先拒绝，不会让进程被系统杀掉"),
)
def test_a_place_without_room_for_the_trial_is_refused_before_anything_is_mapped(
    config, tmp_path, monkeypatch
):
    def mapped(*arguments, **options):
        raise AssertionError("a hole was mapped where it finds no room")

    monkeypatch.setattr(stand_in.mmap, "mmap", mapped)
    monkeypatch.setattr(stand_in.shutil, "disk_usage", lambda folder: SimpleNamespace(free=8 * 2**20))
    with pytest.raises(QvqError, match="Only 8.0 MiB are free.*nothing was written.*--folder"):
        rehearse(config, folder=tmp_path)
    assert not any(tmp_path.iterdir())


def test_a_place_without_room_is_passed_over_for_the_next(config, tmp_path, monkeypatch):
    places = [tmp_path / "full", tmp_path / "roomy"]
    for place in places:
        place.mkdir()
    usage = shutil.disk_usage
    full = SimpleNamespace(free=0)
    monkeypatch.setattr(stand_in, "usual_places", lambda: places)
    monkeypatch.setattr(
        stand_in.shutil, "disk_usage", lambda place: full if place == places[0] else usage(place)
    )
    with stand_in.stand_in(config) as made:
        assert places[1] in made.folder.parents


# -- the performance -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tiny_rehearsal(config, tmp_path_factory):
    folder = tmp_path_factory.mktemp("place")
    measured = rehearse(config, new_tokens=3, max_memory={"cpu": "1GiB"}, folder=folder)
    assert not any(folder.iterdir())
    return measured


def test_a_rehearsal_measures_what_it_promises(tiny_rehearsal):
    measured = json.loads(json.dumps(tiny_rehearsal.to_dict()))
    assert (
        measured["layers"],
        measured["all_layers"],
        measured["new_tokens"],
        measured["visual_tokens"],
    ) == (2, 2, 3, 4)
    assert measured["prompt_tokens"] == 4 + 2 + 8
    assert (
        measured["load_seconds"] > 0
        and measured["first_token_seconds"] > 0
        and measured["tokens_per_second"] > 0
    )
    assert measured["resident_peak_bytes"] > measured["peak_bytes"]["cpu"] >= 0


def test_the_predicted_weights_are_the_loaded_ones(tiny_rehearsal):
    assert tiny_rehearsal.weight_bytes == tiny_rehearsal.predicted_weight_bytes
    assert sum(tiny_rehearsal.weight_bytes.values()) == 2 * tiny_rehearsal.parameters


def test_what_does_not_fit_stays_in_the_files(config, tmp_path):
    measured = rehearse(config, new_tokens=1, max_memory="cpu=1KiB", folder=tmp_path)
    assert set(measured.weight_bytes) == {"disk"}
    assert measured.tokens_per_second is None


def test_random_values_are_numbers_everywhere(config, tmp_path, monkeypatch):
    seen = []
    generate = rehearsing.generate

    def look(model, *arguments):
        seen.extend(
            bool(parameter.isfinite().all() and parameter.any())
            for name, parameter in model.named_parameters()
            if "bias" not in name
        )
        return generate(model, *arguments)

    monkeypatch.setattr(rehearsing, "generate", look)
    rehearse(config, new_tokens=1, max_memory={"cpu": "1GiB"}, values="random", folder=tmp_path)
    assert seen and all(seen)


def test_random_values_need_the_weights_in_memory(config, tmp_path):
    with pytest.raises(QvqError, match="need all weights in memory"):
        rehearse(config, values="random", max_memory="cpu=1KiB", folder=tmp_path)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, RuntimeError("boom")])
def test_everything_is_deleted_whatever_happens(config, tmp_path, trouble):
    def interrupt(sentence):
        assert any(tmp_path.iterdir())
        raise trouble

    with pytest.raises((KeyboardInterrupt, RuntimeError)):
        rehearse(config, folder=tmp_path, progress=interrupt)
    assert not any(tmp_path.iterdir())


def test_running_out_of_memory_is_told_and_cleaned_up(config, tmp_path, monkeypatch):
    def full(*_):
        raise RuntimeError(
            "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9663676416 bytes."
        )

    monkeypatch.setattr(rehearsing, "generate", full)
    with pytest.raises(
        QvqError, match="CPU's memory was full when 9663676416 bytes more were needed.*What helps"
    ):
        rehearse(config, folder=tmp_path)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"layers": 0}, "whole number from 1 to 2"),
        ({"layers": 1000}, "whole number from 1 to 2"),
        ({"layers": True}, "whole number from 1 to 2"),
        ({"values": "ones"}, "zeros or random"),
        ({"new_tokens": 0}, "from 1 upwards"),
        ({"new_tokens": 99999999999999999999}, "at most 1,000,000"),
        ({"new_tokens": 10**5000}, "at most 1,000,000"),
        ({"folder": "~nobody-has-this-name/x"}, "home folder"),
        ({"dtype": "fp3"}, "bf16, fp16, fp32"),
        ({"dtype": "nf4"}, "quantization='nf4'"),
        ({"quantization": "int3"}, "no quantization 'int3'"),
        ({"max_memory": "lots"}, "memory limits such as"),
        ({"max_memory": {"cpu": "lots"}}, "no size of memory"),
        ({"image": (0, 10)}, "empty"),
        ({"image": 56}, "width, height"),
        ({"folder": "/nowhere/at/all"}, "No such file or directory"),
    ],
)
def test_a_mistake_is_told_and_leaves_nothing(config, tmp_path, arguments, message):
    with pytest.raises(QvqError, match=message):
        rehearse(config, **{"folder": tmp_path, **arguments})
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ({"model_type": "llama"}, "'llama'"),
        ({"model_type": "qwen2_vl", "hidden_size": "wide"}, "damaged"),
        ({"model_type": "qwen2_vl", "quantization_config": {"quant_method": "awq"}}, "quantized already"),
        ("qvq-max", "is not on this machine"),
        ("/nowhere", "There is no folder"),
    ],
)
def test_only_what_can_be_rehearsed_is(tmp_path, model, message):
    with pytest.raises(QvqError, match=message):
        rehearse(model, folder=tmp_path)


def test_the_command_writes_json_and_nothing_else(tiny_folder, tmp_path):
    arguments = [
        "rehearse",
        "--model",
        tiny_folder,
        "--layers",
        1,
        "--new-tokens",
        1,
        "--folder",
        tmp_path,
        "--max-memory",
        "cpu=1GiB",
        "--json",
    ]
    result = CliRunner().invoke(cli.app, list(map(str, arguments)))
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["layers"] == 1
    assert "files of" in result.stderr


@pytest.mark.slow
def test_full_width_layers_of_the_72b_are_rehearsed(tmp_path):
    """Four of the 80 layers, with the real vision tower, embeddings and output layer: 12 GiB in the files."""
    measured = rehearse("qvq-72b", layers=4, new_tokens=1, max_memory={"cpu": "1MiB"}, folder=tmp_path)
    assert measured.weight_bytes == {
        "disk": 2 * 699_356_672 + 4 * 1_755_369_472 + 2 * 2_491_416_576 + 2 * 8192
    }
    assert measured.own_peak_bytes < 2**30


# -- where there is a GPU --------------------------------------------------------------------------


@needs_gpu
@pytest.mark.parametrize("quantization", [None, "nf4"])
def test_on_a_gpu_the_plan_is_what_is_measured(quantization):
    pytest.importorskip("bitsandbytes")
    measured = rehearse("qvq-72b", layers=2, quantization=quantization, values="random", new_tokens=8)
    assert set(measured.weight_bytes) == {"cuda:0"}
    assert measured.peak_bytes["cuda:0"] == pytest.approx(measured.predicted_bytes["cuda:0"], rel=0.1)
