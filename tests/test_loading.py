"""How a model is loaded: where its layers go, in which number format, what is said when it does not fit."""

import gc
import json
import re
import shutil
import weakref
from types import SimpleNamespace

import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

import qvq_nb
from qvq_nb import load
from qvq_nb.cli import main as cli
from qvq_nb.errors import QvqError
from qvq_nb.inference.engine import Delta
from qvq_nb.inference.loading import placing, processes
from qvq_nb.inference.loading.model import load_model
from qvq_nb.inference.loading.out_of_memory import out_of_memory, settings_that_help
from qvq_nb.inference.loading.placing import choose, device_name, weight_bytes_by_device
from qvq_nb.inference.loading.soundness import check_peer_copies, copy_between_gpus
from qvq_nb.inference.loading.wishes import Wishes, memory_limits
from qvq_nb.memory.gpus import GPU
from qvq_nb.memory.planning import plan
from qvq_nb.rehearsal.stand_in import write_stand_in

QUESTION = "How many pelicans are there in this picture?"
FULL = (
    "CUDA out of memory. Tried to allocate 2.32 GiB. GPU 1 has a total capacity of 47.40 GiB "
    "of which 1.10 GiB is free."
)
needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA GPU here")


def picture():
    return Image.effect_noise((280, 196), 80).convert("RGB")


# -- placement -------------------------------------------------------------------------------------


def test_qvq_mini_in_memory_and_files_writes_the_same(capsys):
    """A real map: vision, embeddings and the first layers in memory, the others in the file; same text."""
    case = qvq_nb.case("derivative")
    whole = load("qvq-mini", device="cpu").ask(case.image, case.question, max_new_tokens=24)
    capsys.readouterr()
    split = load("qvq-mini", dtype="fp32", offload=True, max_memory={"cpu": "20MiB"})
    where = split.engine.loaded.device_map
    assert (
        where["model.visual"],
        where["model.language_model.layers.0"],
        where["model.language_model.layers.5"],
    ) == ("cpu", "cpu", "disk")
    assert re.search(r"^disk +[1-9][\d.]* MiB of weights, 4 layers$", capsys.readouterr().err, re.MULTILINE)
    answer = split.ask(case.image, case.question, max_new_tokens=24)
    assert (answer.text, answer.new_tokens) == (whole.text, 24)


def test_what_is_loaded_lies_where_the_plan_says(tiny_folder):
    loaded = load_model(tiny_folder, Wishes(dtype="bf16", max_memory={"cpu": "1GiB"}))
    actual = weight_bytes_by_device(loaded.model, loaded.device_map)
    assert actual == {device_name(place.device): place.weight_bytes for place in loaded.plan.placement}
    assert loaded.model.config._attn_implementation == "sdpa"


@pytest.fixture(scope="module")
def folder_72b(tmp_path_factory):
    from qvq_nb.models.profiles import get

    config = json.loads(get("qvq-72b").config_file.read_text(encoding="utf-8"))
    try:
        return write_stand_in(config, tmp_path_factory.mktemp("72b")).folder
    except QvqError as error:
        pytest.skip(str(error))


@pytest.fixture
def gpus(monkeypatch):
    """A machine with the GPUs that the test names, as far as the plan sees."""

    def pretend(*gib, bitsandbytes=True):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
        pretended = tuple(GPU("pretended", size * 2**30, 1e12) for size in gib)
        monkeypatch.setattr(placing, "gpus_of_torch", lambda: pretended)
        monkeypatch.setattr(placing, "find_spec", lambda name: bitsandbytes and name == "bitsandbytes")
        monkeypatch.setattr(placing, "quantization_config", lambda quantization: quantization)

    return pretend


@pytest.mark.parametrize(
    ("gib", "number_format"), [((80, 80, 80), "bf16"), ((80, 48), "int8"), ((80,), "nf4")]
)
def test_the_number_format_is_the_best_that_fits(gpus, folder_72b, gib, number_format):
    gpus(*gib)
    choice = choose(folder_72b, Wishes())
    assert (choice.quantization or "bf16") == number_format == choice.plan.number_format
    assert choice.options["dtype"] == "bfloat16"
    assert choice.options.get("quantization_config", "bf16") == number_format
    assert choice.options["max_memory"] == choice.plan.max_memory and choice.options["device_map"] == "auto"


def test_room_is_left_for_the_asked_length(gpus, folder_72b):
    gpus(80, 80, bitsandbytes=False)
    short, long = (choose(folder_72b, Wishes(max_new_tokens=tokens)).plan for tokens in (100, 8000))
    assert long.kv_bytes - short.kv_bytes == 7900 * 327_680
    assert all(place.free_bytes >= 0 for place in long.placement if place.device != "cpu")


def test_offloading_is_never_done_unasked(gpus, folder_72b):
    gpus(24, bitsandbytes=False)
    with pytest.raises(
        QvqError, match=r"does not fit here in bf16: its weights take 136\.7 GiB.*offload=True"
    ):
        choose(folder_72b, Wishes())
    choice = choose(folder_72b, Wishes(offload=True))
    assert choice.quantization is None and 0 in choice.options["max_memory"]


def test_quantized_weights_are_not_offloaded(gpus, folder_72b):
    gpus(24)
    with pytest.raises(QvqError, match="nf4 weights must all be in memory"):
        choose(folder_72b, Wishes(quantization="nf4", offload=True))


def test_limits_for_a_gpu_that_is_not_there_are_refused(gpus, folder_72b):
    gpus(80, 80)
    with pytest.raises(QvqError, match="max_memory names GPU 2, and this machine has 2"):
        choose(folder_72b, Wishes(max_memory={0: "70GiB", 2: "70GiB"}))


def test_limits_are_handed_on_and_the_rest_goes_to_memory_if_allowed(gpus, folder_72b, monkeypatch):
    gpus(80, 80, bitsandbytes=False)
    monkeypatch.setattr(placing, "free_memory_bytes", lambda: 90 * 2**30)
    choose(folder_72b, Wishes(max_memory={1: "40GiB"}, offload=True))  # one of the two is enough
    choice = choose(folder_72b, Wishes(max_memory={0: "40GiB", 1: "40GiB"}, offload=True))
    assert choice.options["max_memory"] == {0: 40 * 2**30, 1: 40 * 2**30, "cpu": 90 * 2**30}
    assert choice.plan.verdict == "offload"
    assert {place.device for place in choice.plan.placement} == {0, 1, "cpu"}


def test_a_device_is_taken_at_its_word(tiny_folder):
    loaded = load_model(tiny_folder, Wishes(device="cpu", dtype="bf16"))
    assert weight_bytes_by_device(loaded.model, loaded.device_map).keys() == {"cpu"}
    assert loaded.model.dtype == torch.bfloat16


def test_a_model_too_large_for_the_cpu_says_so(folder_72b, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(placing, "free_memory_bytes", lambda: 8 * 2**30)
    with pytest.raises(QvqError, match="does not fit here in bf16"):
        choose(folder_72b, Wishes())


def test_weights_that_are_quantized_already_are_taken_as_they_are(tiny_folder, tmp_path):
    folder = tmp_path / "awq"
    shutil.copytree(tiny_folder, folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(
        json.dumps({**config, "quantization_config": {"quant_method": "awq"}})
    )
    choice = choose(folder, Wishes())
    assert choice == placing.Choice({"dtype": "auto", "device_map": "auto"}, "as stored", None)
    with pytest.raises(QvqError, match="quantized already"):
        choose(folder, Wishes(quantization="nf4"))


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ("0=70GiB,cpu=8GB", {0: 70 * 2**30, "cpu": 8 * 10**9}),
        ({"cpu": "3MiB"}, {"cpu": 3 * 2**20}),
        ({1: 4096}, {1: 4096}),
    ],
)
def test_memory_limits_are_understood(limits, expected):
    assert memory_limits(limits) == expected


@pytest.mark.parametrize(
    "limits",
    [
        "70GiB",
        "0=",
        "0=-1GiB",
        "0=1e9GiB",
        "gpu=1GiB",
        "",
        {},
        {True: "1GiB"},
        {-1: "1GiB"},
        {0: True},
        [1],
        "0=1parsec",
    ],
)
def test_memory_limits_with_a_mistake_are_refused(limits):
    with pytest.raises(QvqError):
        memory_limits(limits)


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"quantization": "int3"}, "no quantization 'int3'"),
        ({"quantization": "fp8"}, "vLLM.*quantization='int8' takes as many bytes"),
        ({"dtype": "int3"}, "no dtype 'int3'"),
        ({"dtype": "nf4"}, "quantization='nf4'"),
        ({"dtype": "float32", "quantization": "nf4"}, "not both"),
        ({"device": "cpu", "offload": True}, "leave it out"),
        ({"parallel": "sideways"}, "no parallel 'sideways'"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(wishes, message, tiny_folder):
    with pytest.raises(QvqError, match=message):
        load(tiny_folder, **wishes)


def test_tensor_parallel_in_one_process_says_how_it_is_done(tiny_folder, monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with pytest.raises(QvqError, match="qvq-nb ask --tensor-parallel 2"):
        load(tiny_folder, parallel="tensor")


@pytest.fixture
def loads(monkeypatch):
    """The options that the command hands to load, which goes no further."""
    seen = []

    def note(model, **options):
        seen.append(options)
        raise QvqError("far enough")

    monkeypatch.setattr("qvq_nb.inference.reasoner.load", note)
    return seen


def test_the_command_hands_its_wishes_on(loads):
    arguments = ["ask", "image.png", "Why?", "--quantization", "nf4", "--offload", "--max-memory", "0=70GiB"]
    assert CliRunner().invoke(cli.app, arguments).exit_code == 1
    assert loads == [{"quantization": "nf4", "offload": True, "max_memory": "0=70GiB"}]


def test_the_command_starts_one_process_per_part(loads, monkeypatch):
    monkeypatch.delenv("RANK", raising=False)
    monkeypatch.setattr(processes, "run_together", lambda command, number: 40 + number)
    assert CliRunner().invoke(cli.app, ["ask", "image.png", "Why?", "--tensor-parallel", "2"]).exit_code == 42
    assert loads == []


@pytest.mark.parametrize(("rank", "shown"), [("0", "six\n"), ("1", "")])
def test_each_process_takes_its_part_and_one_speaks(monkeypatch, rank, shown):
    answer = SimpleNamespace(model="m", new_tokens=1, seconds=1.0, stop_reason="end", notes=())
    seen = []

    def loaded(model, **options):
        seen.append(options)
        return SimpleNamespace(stream=lambda *_: iter((Delta("unparsed", "six"), answer)))

    monkeypatch.setattr("qvq_nb.inference.reasoner.load", loaded)
    monkeypatch.setenv("RANK", rank)
    result = CliRunner().invoke(cli.app, ["ask", "image.png", "Why?", "--tensor-parallel", "2"])
    assert (result.exit_code, result.stdout) == (0, shown)
    assert seen == [{"parallel": "tensor"}]


# -- damaged folders -------------------------------------------------------------------------------


@pytest.fixture
def sharded(tiny, tiny_folder, tmp_path):
    folder = tmp_path / "sharded"
    shutil.copytree(tiny_folder, folder)
    (folder / "model.safetensors").unlink()
    tiny.model.save_pretrained(folder, max_shard_size="300KB")
    assert len(list(folder.glob("*.safetensors"))) > 2
    return folder


def test_shards_load_and_a_cut_one_is_named(sharded):
    load(sharded)
    shard = sorted(sharded.glob("*.safetensors"))[1]
    shard.write_bytes(shard.read_bytes()[:-10])
    with pytest.raises(QvqError, match=f"{shard.name} has .* bytes where its header says"):
        load(sharded)


@pytest.mark.parametrize("name", ["../model.safetensors", "/etc/passwd", "model.bin"])
def test_an_index_that_points_elsewhere_is_refused(sharded, name):
    file = sharded / "model.safetensors.index.json"
    index = json.loads(file.read_text())
    index["weight_map"]["lm_head.weight"] = name
    file.write_text(json.dumps(index))
    with pytest.raises(QvqError, match="names files that are no weights files"):
        load(sharded)


# -- memory that runs out --------------------------------------------------------------------------


def test_full_while_loading_names_device_need_and_cure_and_frees_memory(tiny_folder, monkeypatch):
    from transformers import Qwen2VLForConditionalGeneration

    half_loaded = []

    def fail(*_, **__):
        weights = torch.zeros(1000)
        half_loaded.append(weakref.ref(weights))
        raise torch.OutOfMemoryError(FULL)

    monkeypatch.setattr(Qwen2VLForConditionalGeneration, "from_pretrained", fail)
    with pytest.raises(
        QvqError, match="GPU 1 was full when 2.32 GiB more were needed.*What helps:"
    ) as caught:
        load(tiny_folder, dtype="bf16", max_memory="cpu=1GiB")
    gc.collect()
    assert half_loaded[0]() is None, "the error keeps what filled the memory"
    assert caught.value.__context__ is None
    monkeypatch.undo()
    load(tiny_folder)


def test_full_while_answering_leaves_the_model_usable(tiny, monkeypatch):
    expected = tiny.ask(picture(), QUESTION, max_new_tokens=2).new_tokens

    def fail(*_, **__):
        raise torch.OutOfMemoryError(FULL)

    monkeypatch.setattr(tiny.model, "generate", fail)
    with pytest.raises(QvqError, match="GPU 1 was full.*visual_tokens.*still loaded"):
        tiny.ask(picture(), QUESTION)
    monkeypatch.undo()
    assert tiny.ask(picture(), QUESTION, max_new_tokens=2).new_tokens == expected


def test_what_helps_is_computed_from_the_plan():
    planned = plan("qvq-72b", "2x80", images=((2480, 3508),), new_tokens=8192)
    help_ = settings_that_help(planned, gpu=1)
    assert f"{(11_125 - 1280) * 327_680 / 2**30:.2f} GiB" in help_
    assert f"max_new_tokens=4096 saves {4096 * 327_680 / 2**30:.2f} GiB" in help_
    assert "quantization='int8'" in help_


def test_other_errors_are_not_called_memory():
    assert out_of_memory(RuntimeError("shape mismatch")) is None


# -- trust -----------------------------------------------------------------------------------------


def test_copies_between_gpus_that_arrive_damaged_are_found():
    check_peer_copies(3, lambda numbers, source, target: numbers.clone())

    def damaged(numbers, source, target):
        return numbers.clone().fill_(0) if (source, target) == (1, 0) else numbers

    with pytest.raises(QvqError, match="GPU 1 sends to GPU 0 arrives damaged"):
        check_peer_copies(2, damaged)


def test_nan_is_told_before_nonsense_is_written(tiny):
    def spoil(module, inputs, output):
        output.logits[:] = float("nan")
        return output

    hook = tiny.model.register_forward_hook(spoil)
    try:
        with pytest.raises(QvqError, match="NaN.*bfloat16"):
            tiny.ask(picture(), QUESTION, max_new_tokens=3)
    finally:
        hook.remove()
    assert tiny.ask(picture(), QUESTION, max_new_tokens=3).new_tokens == 3


# -- where there is a GPU --------------------------------------------------------------------------


@needs_gpu
def test_on_a_gpu_offloaded_layers_write_the_same(tiny_folder):
    image = picture()
    whole = load(tiny_folder, dtype="fp32")
    split = load(tiny_folder, dtype="fp32", offload=True, max_memory={0: "600KiB", "cpu": "1GiB"})
    assert {0, "cpu"} <= set(split.engine.loaded.device_map.values())
    assert (
        split.ask(image, QUESTION, max_new_tokens=8).text == whole.ask(image, QUESTION, max_new_tokens=8).text
    )


@needs_gpu
def test_on_gpus_copies_arrive_intact():
    check_peer_copies(torch.cuda.device_count(), copy_between_gpus)
