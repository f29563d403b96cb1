"""The plan: against the published figures, against transformers' own device maps, against a model that is measured."""

import json
import random
import subprocess
import sys

import pytest

from qvq_nb.errors import QvqError
from qvq_nb.memory import network, planning
from qvq_nb.memory.network import module_tree
from qvq_nb.memory.planning import GIB, GPU, parse_gpus, plan

SMALL_TEXT = {
    "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 5, "num_attention_heads": 4,
    "num_key_value_heads": 2, "vocab_size": 500, "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip
SMALL_VISION = {
    "Qwen2VL": {"depth": 4, "embed_dim": 48, "mlp_ratio": 3, "num_heads": 2, "hidden_size": 64},
    "Qwen2_5_VL": {
        "depth": 4,
        "hidden_size": 48,
        "intermediate_size": 90,
        "num_heads": 2,
        "out_hidden_size": 64,
    },
}


def meta_model(family, text, vision, tied=False):
    """(config, model) of transformers on the meta device, in bf16 as from_pretrained makes it."""
    import torch
    import transformers

    config = getattr(transformers, f"{family}Config")(
        text_config=text, vision_config=vision, tie_word_embeddings=tied
    )
    torch.set_default_dtype(torch.bfloat16)
    try:
        with torch.device("meta"):
            return config, getattr(transformers, f"{family}ForConditionalGeneration")(config)
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.fixture(scope="module")
def full_size():
    return meta_model("Qwen2VL", {}, {"hidden_size": 8192})


@pytest.fixture(scope="module", params=["72b", "small", "small tied", "small 2.5"])
def network(request, full_size):
    if request.param == "72b":
        return full_size
    family = "Qwen2_5_VL" if "2.5" in request.param else "Qwen2VL"
    return meta_model(family, SMALL_TEXT, SMALL_VISION[family], tied="tied" in request.param)


class Quantizer:
    """What the quantizers of transformers tell its balancer: fewer bytes per weight, and a tenth less memory."""

    def __init__(self, bytes_per_weight):
        self.bytes_per_weight = bytes_per_weight

    def param_element_size(self, model, name, parameter):
        return (
            self.bytes_per_weight if ".layers." in name and parameter.ndim == 2 else parameter.element_size()
        )

    def adjust_max_memory(self, max_memory):
        return {device: size * 0.9 for device, size in max_memory.items()}

    def validate_environment(self, **_):
        pass


def device_map_of_transformers(model, max_memory, dtype="bf16"):
    from transformers.integrations.accelerate import _get_device_map

    quantizer = {"int8": Quantizer(1), "nf4": Quantizer(0.5)}.get(dtype)
    return dict(_get_device_map(model, "auto", dict(max_memory), quantizer))


def test_the_parts_of_the_network_are_those_of_transformers(network):
    config, model = network
    ours = {
        f"{part.name}.{name}": shape
        for part in module_tree(config).walk()
        for name, shape in part.parameters.items()
    }
    assert ours == {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}


@pytest.mark.parametrize("dtype", ["bf16", "int8", "nf4"])
def test_the_device_map_is_that_of_transformers_for_the_same_memory(network, dtype):
    config, model = network
    chance = random.Random(5)
    full = plan(config, (), dtype=dtype).weight_bytes
    for _ in range(25):
        count = chance.choice([1, 2, 3, 4, 5, 8])
        each = full * chance.choice([0.3, 0.6, 0.9, 1, 1.05, 1.2, 2]) / count
        gpus = [GPU("any", round(each * chance.uniform(0.7, 1.3))) for _ in range(count)]
        ram_bytes = chance.choice([0, full // 10, full // 2, full * 2])
        planned = plan(
            config,
            gpus,
            images=[(56, 56)],
            new_tokens=chance.choice([1, 500]),
            dtype=dtype,
            ram_bytes=ram_bytes,
        )
        assert planned.device_map == device_map_of_transformers(model, planned.max_memory, dtype), (
            gpus,
            ram_bytes,
        )


@pytest.mark.parametrize("gpus", ["2x80", "4x48", "4x40", "8x24", "1x141", "2xH200", "1x24,1x80", "16x12"])
def test_the_72b_is_placed_as_transformers_places_it(full_size, gpus):
    planned = plan("qvq-72b", gpus)
    assert planned.device_map == device_map_of_transformers(full_size[1], planned.max_memory)
    assert planned.max_memory == {**{i: gpu.usable_bytes for i, gpu in enumerate(parse_gpus(gpus))}, "cpu": 0}


def test_the_72b_has_its_published_size():
    planned = plan("qvq-72b", "2x80")
    assert planned.parameters == 73_405_560_320
    assert planned.weight_bytes == planned.checkpoint_bytes == 146_811_120_640
    assert planned.kv_bytes_per_token == 327_680


@pytest.mark.parametrize(("image", "tokens"), [((1920, 1080), 2691), ((2480, 3508), 11125)])
def test_images_take_their_known_tokens(image, tokens):
    assert plan("qvq-72b", "4x48", images=[image]).visual_tokens == tokens
    assert plan("qvq-72b", "4x48", images=[image, image]).visual_tokens == 2 * tokens


@pytest.mark.parametrize(
    ("gpus", "dtype", "verdict"),
    [("2x80", "bf16", "fits"), ("4x48", "bf16", "fits"), ("4x40", "bf16", "tight"), ("8x24", "bf16", "fits"),
     ("1x141", "bf16", "no"), ("1x141", "int8", "fits"), ("1x80", "nf4", "fits"), ("1x48", "nf4", "no"), ("2x24", "nf4", "no")],
)  # fmt: skip
def test_known_machines_have_their_known_verdicts(gpus, dtype, verdict):
    assert plan("qvq-72b", gpus, dtype=dtype).verdict == verdict


def test_the_weights_per_gpu_are_the_known_ones():
    def gib(gpus):
        return [round(place.weight_bytes / GIB, 1) for place in plan("qvq-72b", gpus).placement]

    assert gib("2x80") == [67.4, 69.3]
    assert gib("4x48") == gib("4x40") == [34.7, 36.0, 36.0, 30.1]
    assert gib("8x24") == [16.7, 19.6, 19.6, 19.6, 19.6, 19.6, 19.6, 2.3]


@pytest.mark.parametrize("dtype", ["bf16", "int8", "nf4"])
@pytest.mark.parametrize("gpus", ["2x80", "4x48", "4x40", "1x141", "1x24,1x80"])
def test_every_byte_lies_somewhere_and_only_once(gpus, dtype):
    planned = plan("qvq-72b", gpus, dtype=dtype)
    assert sum(place.weight_bytes for place in planned.placement) == planned.weight_bytes
    assert sum(place.layers for place in planned.placement) == 80
    assert sum(place.kv_bytes for place in planned.placement) == planned.kv_bytes


def test_room_for_cache_and_activations_is_made_by_offering_less_memory():
    without = plan("qvq-72b", "4x40", new_tokens=1)
    long = plan("qvq-72b", "4x40", new_tokens=without.max_new_tokens + 1000)
    assert long.verdict == "tight" and min(place.free_bytes for place in long.placement) >= 0
    assert (
        long.max_memory[1] < without.max_memory[1] and long.placement[3].layers > without.placement[3].layers
    )


@pytest.mark.parametrize("gpus", ["2x80", "4x40", "8x24"])
def test_the_longest_answer_fits_and_one_token_more_does_not(gpus):
    """Told for the placement at hand; another placement might hold a little more."""
    planned = plan("qvq-72b", gpus)
    longest = plan("qvq-72b", gpus, new_tokens=planned.max_new_tokens)
    assert (
        min(place.free_bytes for place in longest.placement) >= 0 and longest.device_map == planned.device_map
    )
    longer = plan("qvq-72b", gpus, new_tokens=planned.max_new_tokens + 1)
    assert longer.verdict == "no" or longer.device_map != planned.device_map


def test_with_ram_what_fits_on_no_gpu_is_offloaded_and_computed_on_the_first():
    planned = plan("qvq-72b", "1x80", ram_bytes=200 * GIB)
    gpu, cpu = planned.placement
    assert planned.verdict == "offload" and cpu.device == "cpu" and cpu.layers == 80 - gpu.layers > 0
    assert gpu.kv_bytes == planned.kv_bytes and cpu.kv_bytes == 0
    assert planned.tokens_per_second is None


HOLDERS_OF_24_GIB = (
    "3 GPUs like the first one hold it in nf4, 4 in int8, 7 in bf16; with offload=True it runs here, but"
)


@pytest.mark.parametrize(
    ("gpus", "advised"),
    [("1x24", HOLDERS_OF_24_GIB), ("1x48", "It fits in nf4 with at most 7,424 new tokens."), ("2x24", HOLDERS_OF_24_GIB), ("2x48", "It fits in int8."),
     ("4x24", "It fits in int8."), ("1x80", "It fits in nf4."), ("8x24", "It runs as asked"), ("1x141", "It fits in int8."), ("4x40", "More comfortable in int8.")],
)  # fmt: skip
def test_advice_is_the_smallest_concession_here_else_the_fewest_gpus(gpus, advised):
    assert advised in plan("qvq-72b", gpus).advice


def test_advice_for_a_large_picture_is_a_smaller_budget():
    assert "1,280 visual tokens" in plan("qvq-72b", "4x40", images=[(2480, 3508)]).advice


@pytest.mark.parametrize(
    ("gpus", "arguments", "verdicts"),
    [("2x24", {"dtype": "nf4"}, ("no",)), ("3x24", {"dtype": "nf4"}, ("fits", "tight")), ("3x24", {"dtype": "int8"}, ("no",)),
     ("4x24", {"dtype": "int8"}, ("fits",)), ("6x24", {}, ("no",)), ("7x24", {}, ("fits", "tight")),
     ("1x48", {"dtype": "nf4", "new_tokens": 7424}, ("tight",)), ("4x40", {"images": [(2480, 3508)], "visual_tokens": (4, 1280)}, ("tight",))],
)  # fmt: skip
def test_what_is_advised_is_what_the_plan_says_of_it(gpus, arguments, verdicts):
    assert plan("qvq-72b", gpus, **arguments).verdict in verdicts


def test_offloading_is_told_with_what_goes_to_the_gpu_for_every_token():
    offloaded = plan("qvq-72b", "1x24", ram_bytes=300 * GIB)
    in_ram = offloaded.placement[1].weight_bytes
    told = f"{in_ram / GIB:.0f} GiB of weights go from RAM to the GPU for every token, which takes {in_ram / 32e9:.2g} s"
    assert offloaded.verdict == "offload" and told in offloaded.advice
    assert (
        told in plan("qvq-72b", "1x24").advice
        and "offload" not in plan("qvq-72b", "1x24", dtype="nf4").advice
    )


def test_tensor_parallel_shares_are_the_known_ones():
    planned = plan("qvq-72b", "8x80")
    assert planned.tensor_parallel_sizes == (1, 2, 4, 8)
    assert {share.ranks: round(share.weight_bytes / GIB, 1) for share in planned.tensor_parallel} == {
        2: 69.0,
        4: 35.2,
        8: 18.2,
    }


def test_the_bound_on_speed_is_bandwidth_over_bytes():
    one, two = plan("qwen2-vl-7b", "1x80@2000", new_tokens=1), plan("qwen2-vl-7b", "2x80@2000", new_tokens=1)
    read = one.weight_bytes - one.placement[0].vision_bytes - one.placement[0].embedding_bytes // 2
    assert one.tokens_per_second == pytest.approx(
        2e12 / (read + one.prompt_tokens * one.kv_bytes_per_token), rel=1e-4
    )
    assert two.tokens_per_second == pytest.approx(
        one.tokens_per_second, rel=1e-3
    )  # one after the other: no faster
    assert two.tensor_parallel[0].tokens_per_second == pytest.approx(2 * one.tokens_per_second, rel=1e-3)
    assert plan("qwen2-vl-7b", "1x80").tokens_per_second is None


def test_on_qvq_mini_the_predicted_bytes_are_the_measured_ones(reasoner):
    import torch

    planned = plan("qvq-mini", (), dtype="fp32", images=[(200, 200)])
    assert planned.weight_bytes == sum(
        weight.numel() * weight.element_size() for weight in reasoner.model.parameters()
    )
    assert plan("qvq-mini", ()).weight_bytes == planned.checkpoint_bytes
    tokens = torch.ones((1, 7), dtype=torch.long)
    with torch.no_grad():
        cache = reasoner.model.model.language_model(input_ids=tokens, use_cache=True).past_key_values
    measured = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    assert measured == 7 * planned.kv_bytes_per_token


WIDE = {
    "hidden_size": 512,
    "intermediate_size": 1848,
    "num_attention_heads": 4,
    "num_key_value_heads": 1,
    "vocab_size": 100,
}
ROPE = {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [16, 24, 24]}


def test_the_activation_peak_of_a_decoder_is_counted_operation_by_operation():
    import torch
    from torch._subclasses.fake_tensor import FakeTensorMode
    from transformers.models.qwen2_vl.modeling_qwen2_vl import Qwen2VLTextConfig, Qwen2VLTextModel

    planned = plan({**WIDE, "num_hidden_layers": 2, "vision_config": {}}, (), images=[], new_tokens=1)
    tokens = planned.prompt_tokens

    def read(model):
        embedded = torch.zeros(1, tokens, WIDE["hidden_size"], dtype=torch.bfloat16)
        model(
            inputs_embeds=embedded, position_ids=torch.zeros(3, 1, tokens, dtype=torch.long), use_cache=True
        )

    with FakeTensorMode():
        config = Qwen2VLTextConfig(
            **WIDE, num_hidden_layers=2, rope_parameters=ROPE, bos_token_id=1, eos_token_id=2
        )
        measured = peak_bytes(in_bf16(Qwen2VLTextModel, config), read)
    assert measured == pytest.approx(planned.activation_bytes + tokens * planned.kv_bytes_per_token, rel=0.01)


def test_the_activation_peak_of_the_vision_tower_is_counted_operation_by_operation():
    import torch
    from transformers.models.qwen2_vl.modeling_qwen2_vl import (
        Qwen2VisionTransformerPretrainedModel,
        Qwen2VLVisionConfig,
    )

    vision = {"depth": 2, "embed_dim": 320, "num_heads": 4, "hidden_size": 64}
    narrow = {**SMALL_TEXT, "vision_config": vision}
    planned = plan(narrow, (), images=[(280, 280)], new_tokens=1)

    def look(model):
        model(torch.zeros(400, 1176), grid_thw=torch.tensor([[1, 20, 20]]))

    measured = peak_bytes(in_bf16(Qwen2VisionTransformerPretrainedModel, Qwen2VLVisionConfig(**vision)), look)
    assert measured == pytest.approx(planned.activation_bytes, rel=0.02)


def in_bf16(model_class, config):
    import torch

    torch.set_default_dtype(torch.bfloat16)
    try:
        return model_class(config).eval()
    finally:
        torch.set_default_dtype(torch.float32)


def peak_bytes(model, run):
    """The largest sum of bytes of all tensors but weights that are alive at once while `run(model)` works."""
    import torch
    from torch.multiprocessing.reductions import StorageWeakRef
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves

    weights = {parameter.untyped_storage()._cdata for parameter in model.parameters()}

    class Watch(TorchDispatchMode):
        alive, peak = {}, 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            for tensor in tree_leaves(result):
                if isinstance(tensor, torch.Tensor) and tensor.untyped_storage()._cdata not in weights:
                    storage = StorageWeakRef(tensor.untyped_storage())
                    self.alive[storage.cdata] = (storage, tensor.untyped_storage().nbytes())
            self.alive = {key: value for key, value in self.alive.items() if not value[0].expired()}
            self.peak = max(self.peak, sum(size for _, size in self.alive.values()))
            return result

    with torch.no_grad(), Watch() as watch:
        run(model)
    return watch.peak


@pytest.mark.parametrize(
    "text", ["0x80", "4x", "nonsense", "", ",", "2x0", "999x80", "4x-3", "4x48@", "65x1", "2xA1000000"]
)
def test_nonsense_for_gpus_is_refused_in_one_sentence(text):
    with pytest.raises(QvqError, match="GPUs"):
        parse_gpus(text)


def test_gpus_are_understood_by_size_bandwidth_and_name():
    assert parse_gpus("2x80@2039") == (GPU("80 GiB", 80 * GIB, 2039e9),) * 2
    assert parse_gpus("1x141, 2xrtx 4090") == (
        GPU("141 GiB", 141 * GIB),
        *(GPU("RTX-4090", 24 * GIB, 1008e9),) * 2,
    )


@pytest.mark.parametrize("row", planning._known_gpus(), ids=lambda row: row["name"])
def test_every_known_gpu_has_a_source_and_is_found_by_each_of_its_names(row):
    assert row["source"] and row["memory_gib"] > 0
    for name in (row["name"], *row["driver_names"]):
        assert parse_gpus(f"1x{name}") == (
            GPU(row["name"], row["memory_gib"] * GIB, row["bandwidth_gb_per_second"] * 1e9),
        )
    assert all(planning._row_of(f"NVIDIA {name}") is row for name in row["driver_names"])


DRIVER_LISTING = """0, GPU-aaaa-1, NVIDIA L40S, 46068, 45000
1, GPU-bbbb-2, NVIDIA Unheard Of, 8192, 8000
2, GPU-cccc-3, NVIDIA GeForce RTX 4090, 24564, [N/A]
"""


def test_the_driver_lists_this_machines_gpus_with_their_free_memory():
    assert planning.gpus_from_driver(DRIVER_LISTING) == (
        GPU("NVIDIA L40S", 45000 * 2**20, 864e9),
        GPU("NVIDIA Unheard Of", 8000 * 2**20, None),
    )


@pytest.mark.parametrize(
    ("visible", "names"),
    [
        ("1,0", ["Unheard Of", "L40S"]),
        ("GPU-bbbb", ["Unheard Of"]),
        ("", []),
        ("-1", []),
        ("0,9,1", ["L40S"]),
    ],
)
def test_only_visible_gpus_count(visible, names):
    assert [
        gpu.name.removeprefix("NVIDIA ") for gpu in planning.gpus_from_driver(DRIVER_LISTING, visible)
    ] == names


@pytest.mark.parametrize(
    ("arguments", "said"),
    [({"model": "nonsense"}, "nonsense"), ({"model": "qvq-72b-awq"}, "not on this machine"), ({"new_tokens": 0}, "above zero"),
     ({"new_tokens": True}, "above zero"), ({"dtype": "q"}, "bf16"), ({"images": [5]}, "width"), ({"images": [(1.5, 2)]}, "width"), ({"gpus": ["48"]}, "4x48"), ({"gpus": 4}, "4x48"),
     ({"images": [(0, 0)]}, "empty"),
     ({"visual_tokens": (9, 3)}, "minimum"), ({"model": {"model_type": "llama"}}, "llama"),
     ({"model": {"model_type": "qwen2_vl", "hidden_size": "x"}}, "damaged"),
     ({"model": {"model_type": "qwen2_vl", "num_hidden_layers": 10**9}}, "1,000 layers"),
     ({"model": {"model_type": "qwen2_vl", "quantization_config": {"quant_method": "awq"}}}, "awq")],
)  # fmt: skip
def test_bad_input_is_told_in_a_sentence(arguments, said):
    with pytest.raises(QvqError, match=said):
        plan(**{"model": "qvq-72b", "gpus": "4x48", **arguments})


@pytest.mark.parametrize("content", ["", "[]", "{", "\x00"])
def test_a_damaged_config_is_told_in_a_sentence(tmp_path, content):
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(QvqError, match="fetch this file again"):
        plan(tmp_path, "4x48")


def test_a_local_folder_is_planned_with_the_bytes_of_its_index(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "qwen2_vl"}))
    (tmp_path / "model.safetensors.index.json").write_text(
        json.dumps({"metadata": {"total_size": 146_811_120_640}, "weight_map": {}})
    )
    planned = plan(tmp_path, "4x48")
    assert planned.weight_bytes == planned.checkpoint_bytes == 146_811_120_640


def test_the_formats_called_loadable_are_those_that_load_takes():
    from qvq_nb.inference.local.wishes import QUANTIZATIONS

    assert planning.LOADED == ("bf16", *QUANTIZATIONS)
    assert "nf4 fits; fp8 fits (for servers; not loaded here)" in plan("qvq-72b", "4x48").summary()


def run_plan(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "qvq_nb.cli", "plan", *arguments], capture_output=True, text=True
    )


def test_the_command_prints_json_alone_with_the_promised_keys():
    done = run_plan("--gpus", "4x48", "--image", "2480x3508", "--new-tokens", "8192", "--json")
    promised = {
        "parameters",
        "weight_bytes",
        "kv_bytes_per_token",
        "visual_tokens",
        "kv_bytes",
        "placement",
        "verdict",
        "max_new_tokens",
        "advice",
    }
    said = json.loads(done.stdout)
    assert done.returncode == 0 and promised <= set(said)
    assert {"device", "weight_bytes", "layers", "free_bytes"} <= set(said["placement"][0])


def test_the_command_says_a_mistake_in_one_line_and_prints_no_table():
    done = run_plan("--gpus", "4x")
    assert (
        done.returncode == 1 and done.stdout == "" and done.stderr.count("\n") == 1 and "4x48" in done.stderr
    )


def test_planning_needs_no_torch():
    script = "import sys; from qvq_nb.memory.planning import plan; str(plan('qvq-72b')); plan('qvq-72b', '4x48').to_dict(); print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "False\n"


@pytest.mark.parametrize("dtype", ["int8", "nf4"])
def test_on_qvq_mini_the_predicted_bytes_of_quantized_weights_are_the_measured_ones(dtype):
    pytest.importorskip("bitsandbytes", reason="bitsandbytes is not installed")
    from qvq_nb import load

    measured = 0
    for weight in load("qvq-mini", quantization=dtype).model.parameters():
        state, scales = getattr(weight, "quant_state", None), getattr(weight, "SCB", None)
        measured += (
            weight.nbytes
            + (state.absmax.nbytes if state else 0)
            + (scales.nbytes if scales is not None else 0)
        )
    assert measured == plan("qvq-mini", (), dtype=dtype).weight_bytes
