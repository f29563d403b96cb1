"""The peak of activations in the models of transformers, counted operation by operation: as the plan says."""

import pytest
from meta_models import FAMILIES, SMALL_TEXT

from qvq_nb.memory.planning import plan

WIDE = {
    "hidden_size": 512, "intermediate_size": 1848, "num_attention_heads": 4, "num_key_value_heads": 1,
    "vocab_size": 100, "head_dim": 128, "num_hidden_layers": 2,
}  # fmt: skip
ROPE = {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [16, 24, 24]}
VISION = {
    "Qwen2VL": {"depth": 2, "embed_dim": 320, "num_heads": 4, "hidden_size": 64},
    "Qwen2_5_VL": {
        "depth": 2, "hidden_size": 320, "intermediate_size": 800, "num_heads": 4, "out_hidden_size": 64,
    },
    "Qwen3VL": {
        "depth": 4, "hidden_size": 320, "intermediate_size": 800, "num_heads": 4, "out_hidden_size": 1024,
        "deepstack_visual_indexes": [0, 1, 2],
    },
}  # fmt: skip
VISION_MODEL = {
    "Qwen2VL": "Qwen2VisionTransformerPretrainedModel",
    "Qwen2_5_VL": "Qwen2_5_VisionTransformerPretrainedModel",
    "Qwen3VL": "Qwen3VLVisionModel",
}


def classes(family, *names):
    from importlib import import_module

    kind = FAMILIES[family]
    module = import_module(f"transformers.models.{kind}.modeling_{kind}")
    return [getattr(module, name) for name in names]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_activation_peak_of_a_decoder_is_counted_operation_by_operation(family):
    import torch
    from torch._subclasses.fake_tensor import FakeTensorMode

    planned = plan({**WIDE, "model_type": FAMILIES[family], "vision_config": {}}, (), images=[], new_tokens=1)
    tokens = planned.prompt_tokens

    def read(model):
        embedded = torch.zeros(1, tokens, WIDE["hidden_size"], dtype=torch.bfloat16)
        positions = torch.zeros(3, 1, tokens, dtype=torch.long)
        model(inputs_embeds=embedded, position_ids=positions, use_cache=True)

    config_class, model_class = classes(family, f"{family}TextConfig", f"{family}TextModel")
    with FakeTensorMode():
        config = config_class(**WIDE, rope_parameters=ROPE, bos_token_id=1, eos_token_id=2)
        measured = peak_bytes(in_bf16(model_class, config), read)
    assert measured == pytest.approx(planned.activation_bytes + tokens * planned.kv_bytes_per_token, rel=0.01)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_activation_peak_of_the_vision_tower_is_counted_operation_by_operation(family):
    import torch

    patch = 16 if family == "Qwen3VL" else 14
    narrow = {**SMALL_TEXT, "model_type": FAMILIES[family], "vision_config": VISION[family]}
    planned = plan(narrow, (), images=[(20 * patch, 20 * patch)], new_tokens=1)

    def look(model):
        model(torch.zeros(400, 3 * 2 * patch**2), grid_thw=torch.tensor([[1, 20, 20]]))

    config_class, model_class = classes(family, f"{family}VisionConfig", VISION_MODEL[family])
    measured = peak_bytes(in_bf16(model_class, config_class(**VISION[family])), look)
    assert planned.visual_tokens == 100
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
