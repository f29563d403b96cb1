"""8 and 4 bits on the CPU: the decoder layers are quantized, vision tower and output layer are not."""

import pytest
import torch
from safetensors.torch import load_file

from qvq_nb.errors import QvqError
from qvq_nb.inference.loading import placing, quantizing
from qvq_nb.inference.loading.model import load_model
from qvq_nb.inference.loading.placing import weight_bytes_by_device
from qvq_nb.inference.loading.quantizing import KEPT_IN_BF16, check_untouched, quantization_config
from qvq_nb.inference.loading.wishes import Wishes


def vision_is_that_of_the_file(model, folder):
    stored = {
        name: tensor
        for name, tensor in load_file(folder / "model.safetensors").items()
        if name.startswith("visual.")
    }
    loaded = {f"visual.{name}": tensor.cpu() for name, tensor in model.model.visual.state_dict().items()}
    return stored.keys() <= loaded.keys() and all(
        torch.equal(tensor.to(loaded[name].dtype), loaded[name]) for name, tensor in stored.items()
    )


@pytest.mark.parametrize(("quantization", "kind"), [("int8", "Linear8bitLt"), ("nf4", "Linear4bit")])
def test_bitsandbytes_leaves_vision_and_output_as_they_are(tiny_folder, quantization, kind):
    pytest.importorskip("bitsandbytes")
    loaded = load_model(tiny_folder, Wishes(quantization=quantization))
    model = loaded.model
    assert (loaded.dtype, loaded.quantization) == ("bf16", quantization)
    assert sum(weight_bytes_by_device(model, loaded.device_map).values()) == loaded.plan.weight_bytes
    assert type(model.model.language_model.layers[0].mlp.up_proj).__name__ == kind
    assert vision_is_that_of_the_file(model, tiny_folder)
    output = model.generate(
        input_ids=torch.tensor([[5, 6, 7]], device=model.device), max_new_tokens=3, do_sample=False
    )
    assert output.shape[0] == 1


def test_a_list_of_exceptions_that_matches_nothing_is_noticed(tiny_folder, monkeypatch):
    """The well-known trap: "visual" is no name in memory any more, so vision is quantized without a word."""
    pytest.importorskip("bitsandbytes")

    def careless(quantization):
        config = quantization_config(quantization)
        config.llm_int8_skip_modules = ["visual", "lm_head"]
        return config

    monkeypatch.setattr(placing, "quantization_config", careless)
    with pytest.raises(QvqError, match="model.visual.* was quantized though it must stay as it is"):
        load_model(tiny_folder, Wishes(quantization="int8"))


def test_weights_that_should_be_quantized_and_are_not_are_noticed(tiny):
    with pytest.raises(QvqError, match="was not quantized though it should be"):
        check_untouched(tiny.model)


def test_torchao_leaves_vision_and_output_as_they_are(tiny_folder):
    pytest.importorskip("torchao", reason="torchao is not installed; .ci/run runs this test with it")
    from torchao.quantization import Int8WeightOnlyConfig
    from transformers import Qwen2VLForConditionalGeneration, TorchAoConfig

    config = TorchAoConfig(Int8WeightOnlyConfig(), modules_to_not_convert=list(KEPT_IN_BF16))
    model = Qwen2VLForConditionalGeneration.from_pretrained(
        tiny_folder, dtype=torch.bfloat16, quantization_config=config
    )
    check_untouched(model)
    assert vision_is_that_of_the_file(model, tiny_folder)


def test_without_bitsandbytes_the_cure_is_told(monkeypatch):
    monkeypatch.setattr(quantizing, "find_spec", lambda name: None)
    with pytest.raises(QvqError, match="nf4 needs the package bitsandbytes.*pip install bitsandbytes"):
        quantization_config("nf4")
