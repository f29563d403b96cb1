"""The plan: against the published figures, against a model that is measured, and what it refuses."""

import json
import subprocess
import sys

import pytest

from qvq_nb.errors import QvqError
from qvq_nb.files import GIB
from qvq_nb.memory.planning import plan


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
    ("gpus", "quantization", "verdict"),
    [("2x80", None, "fits"), ("4x48", None, "fits"), ("4x40", None, "tight"), ("8x24", None, "fits"),
     ("1x141", None, "no"), ("1x141", "int8", "fits"), ("1x80", "nf4", "fits"), ("1x48", "nf4", "no"),
     ("2x24", "nf4", "no")],
)  # fmt: skip
def test_known_machines_have_their_known_verdicts(gpus, quantization, verdict):
    assert plan("qvq-72b", gpus, quantization=quantization).verdict == verdict


def test_the_weights_per_gpu_are_the_known_ones():
    def gib(gpus):
        return [round(place.weight_bytes / GIB, 1) for place in plan("qvq-72b", gpus).placement]

    assert gib("2x80") == [67.4, 69.3]
    assert gib("4x48") == gib("4x40") == [34.7, 36.0, 36.0, 30.1]
    assert gib("8x24") == [16.7, 19.6, 19.6, 19.6, 19.6, 19.6, 19.6, 2.3]


@pytest.mark.parametrize("quantization", [None, "int8", "nf4"])
@pytest.mark.parametrize("gpus", ["2x80", "4x48", "4x40", "1x141", "1x24,1x80"])
def test_every_byte_lies_somewhere_and_only_once(gpus, quantization):
    planned = plan("qvq-72b", gpus, quantization=quantization)
    assert sum(place.weight_bytes for place in planned.placement) == planned.weight_bytes
    assert sum(place.layers for place in planned.placement) == 80
    assert sum(place.kv_bytes for place in planned.placement) == planned.kv_bytes


def test_room_for_cache_and_activations_is_made_by_offering_less_memory():
    without = plan("qvq-72b", "4x40", new_tokens=1)
    long = plan("qvq-72b", "4x40", new_tokens=without.max_new_tokens + 1000)
    assert long.verdict == "tight" and min(place.free_bytes for place in long.placement) >= 0
    assert long.max_memory[1] < without.max_memory[1]
    assert long.placement[3].layers > without.placement[3].layers


@pytest.mark.parametrize("gpus", ["2x80", "4x40", "8x24"])
def test_the_longest_answer_fits_and_one_token_more_does_not(gpus):
    """Told for the placement at hand; another placement might hold a little more."""
    planned = plan("qvq-72b", gpus)
    longest = plan("qvq-72b", gpus, new_tokens=planned.max_new_tokens)
    assert min(place.free_bytes for place in longest.placement) >= 0
    assert longest.device_map == planned.device_map
    longer = plan("qvq-72b", gpus, new_tokens=planned.max_new_tokens + 1)
    assert longer.verdict == "no" or longer.device_map != planned.device_map


def test_with_ram_what_fits_on_no_gpu_is_offloaded_and_computed_on_the_first():
    planned = plan("qvq-72b", "1x80", ram_bytes=200 * GIB)
    gpu, cpu = planned.placement
    assert planned.verdict == "offload" and cpu.device == "cpu" and cpu.layers == 80 - gpu.layers > 0
    assert gpu.kv_bytes == planned.kv_bytes and cpu.kv_bytes == 0
    assert planned.tokens_per_second is None


def test_tensor_parallel_shares_are_the_known_ones():
    planned = plan("qvq-72b", "8x80")
    shares = {share.ranks: round(share.weight_bytes / GIB, 1) for share in planned.tensor_parallel}
    assert planned.tensor_parallel_sizes == (1, 2, 4, 8)
    assert shares == {2: 69.0, 4: 35.2, 8: 18.2}


def test_the_bound_on_speed_is_bandwidth_over_bytes():
    one, two = (plan("qwen2-vl-7b", gpus, new_tokens=1) for gpus in ("1x80@2000", "2x80@2000"))
    read = one.weight_bytes - one.placement[0].vision_bytes - one.placement[0].embedding_bytes // 2
    cache = one.prompt_tokens * one.kv_bytes_per_token
    assert one.tokens_per_second == pytest.approx(2e12 / (read + cache), rel=1e-4)
    assert two.tokens_per_second == pytest.approx(one.tokens_per_second, rel=1e-3)  # by turns: no faster
    assert two.tensor_parallel[0].tokens_per_second == pytest.approx(2 * one.tokens_per_second, rel=1e-3)
    assert plan("qwen2-vl-7b", "1x80").tokens_per_second is None


def test_on_qvq_mini_the_predicted_bytes_are_the_measured_ones(reasoner):
    import torch

    planned = plan("qvq-mini", (), dtype="fp32", images=[(200, 200)])
    assert planned.weight_bytes == sum(weight.nbytes for weight in reasoner.model.parameters())
    assert plan("qvq-mini", ()).weight_bytes == planned.checkpoint_bytes
    tokens = torch.ones((1, 7), dtype=torch.long)
    with torch.no_grad():
        cache = reasoner.model.model.language_model(input_ids=tokens, use_cache=True).past_key_values
    measured = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    assert measured == 7 * planned.kv_bytes_per_token


@pytest.mark.parametrize("quantization", ["int8", "nf4"])
def test_on_qvq_mini_the_predicted_bytes_of_quantized_weights_are_the_measured_ones(quantization):
    pytest.importorskip("bitsandbytes", reason="bitsandbytes is not installed")
    from qvq_nb import load

    measured = 0
    for weight in load("qvq-mini", quantization=quantization).model.parameters():
        state, scales = getattr(weight, "quant_state", None), getattr(weight, "SCB", None)
        measured += weight.nbytes + (state.absmax.nbytes if state else 0)
        measured += scales.nbytes if scales is not None else 0
    assert measured == plan("qvq-mini", (), quantization=quantization).weight_bytes


QWEN3_VL_8B = {  # as published, without what decides nothing about sizes
    "model_type": "qwen3_vl", "tie_word_embeddings": False,
    "text_config": {
        "hidden_size": 4096, "intermediate_size": 12288, "num_hidden_layers": 36, "head_dim": 128,
        "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 151936,
    },
    "vision_config": {
        "depth": 27, "hidden_size": 1152, "intermediate_size": 4304, "num_heads": 16, "out_hidden_size": 4096,
        "patch_size": 16, "num_position_embeddings": 2304, "deepstack_visual_indexes": [8, 16, 24],
    },
}  # fmt: skip
QWEN2_5_VL_7B = {
    "model_type": "qwen2_5_vl", "tie_word_embeddings": False, "hidden_size": 3584, "intermediate_size": 18944,
    "num_hidden_layers": 28, "num_attention_heads": 28, "num_key_value_heads": 4, "vocab_size": 152064,
    "vision_config": {
        "depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16, "in_chans": 3,
        "out_hidden_size": 3584, "patch_size": 14, "spatial_merge_size": 2, "spatial_patch_size": 14,
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("config", "parameters", "side"), [(QWEN2_5_VL_7B, 8_292_166_656, 28), (QWEN3_VL_8B, 8_767_123_696, 32)]
)
def test_newer_models_are_planned_with_their_published_size(config, parameters, side):
    planned = plan(config, "1x24", images=[(10 * side, 5 * side)])
    assert planned.parameters == parameters
    assert (planned.visual_tokens, planned.verdict) == (50, "fits")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [({"model": "nonsense"}, "nonsense"),
     ({"model": "qvq-72b-awq"}, "not on this machine.*qvq-72b with quantization nf4"),
     ({"new_tokens": 0}, "above zero"), ({"new_tokens": True}, "above zero"), ({"dtype": "q"}, "bf16"),
     ({"images": [5]}, "width"), ({"images": [(1.5, 2)]}, "width"), ({"gpus": ["48"]}, "4x48"),
     ({"gpus": 4}, "4x48"),
     ({"images": [(0, 0)]}, "empty"), ({"visual_tokens": (9, 3)}, "minimum"),
     ({"model": {"model_type": "llama"}}, "llama"),
     ({"model": {"model_type": "qwen2_vl", "hidden_size": "x"}}, "damaged"),
     ({"model": {"model_type": "qwen2_vl", "num_hidden_layers": 10**9}}, "1,000 layers"),
     ({"model": {"model_type": "qwen2_vl", "quantization_config": {"quant_method": "awq"}}},
      "awq.*quantization nf4")],
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
    index = {"metadata": {"total_size": 146_811_120_640}, "weight_map": {}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    planned = plan(tmp_path, "4x48")
    assert planned.weight_bytes == planned.checkpoint_bytes == 146_811_120_640


def run_plan(*arguments):
    command = [sys.executable, "-m", "qvq_nb.cli", "plan", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_command_prints_json_alone_with_the_promised_keys():
    done = run_plan("--gpus", "4x48", "--image", "2480x3508", "--new-tokens", "8192", "--json")
    promised = {
        "parameters", "weight_bytes", "kv_bytes_per_token", "visual_tokens", "kv_bytes", "placement",
        "verdict", "max_new_tokens", "advice", "verdicts", "dtype", "quantization",
    }  # fmt: skip
    said = json.loads(done.stdout)
    assert done.returncode == 0 and promised <= set(said)
    assert {"device", "weight_bytes", "layers", "free_bytes"} <= set(said["placement"][0])


def test_the_command_says_a_mistake_in_one_line_and_prints_no_table():
    done = run_plan("--gpus", "4x")
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "4x48" in done.stderr


def test_planning_needs_no_torch():
    script = (
        "import sys; from qvq_nb.memory.planning import plan; from qvq_nb.memory.advice import advise; "
        "str(plan('qvq-72b')); str(plan('qvq-mini')); str(advise(plan('qvq-72b', '4x48'))); "
        "plan('qvq-72b', '4x48').to_dict(); print('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "False\n"
