"""The shapes of networks, computed and stored: against the published figures and against transformers."""

import json
import subprocess
import sys

import pytest
from meta_models import FAMILIES, SMALL, meta_model, named_model

from qvq_nb import paths
from qvq_nb.errors import QvqError
from qvq_nb.memory import meta_device, network
from qvq_nb.memory.network import BYTES_PER_BF16, network_of
from qvq_nb.models.config import read_config, sizes_of

QVQ_72B = {
    "hidden_size": 8192, "intermediate_size": 29568, "num_hidden_layers": 80, "num_attention_heads": 64,
    "num_key_value_heads": 8, "vocab_size": 152064, "tie_word_embeddings": False,
    "vision_config": {
        "depth": 32, "embed_dim": 1280, "mlp_ratio": 4, "num_heads": 16, "in_chans": 3, "hidden_size": 8192,
        "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2,
    },
}  # fmt: skip


def test_the_72b_has_its_published_size():
    model = network.model_sizes(QVQ_72B)
    assert model.parameters == 73_405_560_320
    assert model.parameters * BYTES_PER_BF16 == 146_811_120_640
    assert model.layer_parameters * 2 == 1_755_369_472
    assert model.embedding_parameters * 2 == model.output_parameters * 2 == 2_491_416_576
    assert model.vision_parameters == 699_356_672
    assert model.key_value_numbers_per_token * BYTES_PER_BF16 == 327_680


@pytest.mark.parametrize("name", ["72b", *SMALL])
def test_the_parts_of_the_network_are_those_of_transformers(name):
    config, model = named_model(name)
    parts = {part.name: part for part in network_of(config).walk()}
    ours = {f"{name}.{own}": shape for name, part in parts.items() for own, shape in part.parameters.items()}
    assert ours == {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}
    assert list(parts) == [name for name, _ in model.named_modules()]


def test_what_is_stored_of_the_known_models_is_what_transformers_gives(tmp_path):
    """Where this fails, `python -m qvq_nb.memory.meta_device` writes the stored files again."""
    written = {file.name: file.read_text("utf-8") for file in meta_device.store(tmp_path)}
    stored = (paths.data_folder() / "configs").glob(f"*{network.STORED_NETWORK}")
    assert written == {file.name: file.read_text("utf-8") for file in stored}
    assert {"qvq-mini.network.json", "qvq-72b.network.json"} <= set(written)


@pytest.mark.parametrize("name", SMALL)
def test_a_network_read_from_its_own_description_is_the_same(name):
    built = network_of(named_model(name)[0])
    described = network.to_json(built)
    again = network.from_json(json.loads(json.dumps(described)))
    assert network.to_json(again) == described
    assert [(a.name, a.parameters, a.whole) for a in again.walk()] == [
        (b.name, b.parameters, b.whole) for b in built.walk()
    ]


def without_torch(statement):
    script = f"import sys; {statement}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    return done.stdout == "False\n"


def test_a_folder_of_a_known_model_needs_no_torch_and_any_other_does(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(QVQ_72B))
    sizes = "from qvq_nb.memory.network import network_of; network_of({!r}).numbers"
    assert without_torch(sizes.format(str(tmp_path)))
    assert not without_torch(sizes.format({**QVQ_72B, "num_hidden_layers": 4}))


@pytest.mark.parametrize(("family", "kind"), FAMILIES.items())
def test_what_a_config_leaves_out_is_what_transformers_takes(family, kind):
    ours, theirs = read_config({"model_type": kind}), meta_model(family, {}, {})[0]
    text, vision = theirs.text_config, theirs.vision_config
    for name, size in sizes_of(ours).items():
        if name not in ("model_type", "vision_config", "head_dim", "tie_word_embeddings"):
            assert size == getattr(text, name), name
    assert ours["head_dim"] == getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    assert read_config(ours) == ours
    output = "hidden_size" if kind == "qwen2_vl" else "out_hidden_size"  # that of the text, for us
    for name, size in sizes_of(ours)["vision_config"].items():
        default = getattr(vision, name)
        assert name == output or size == (list(default) if isinstance(default, tuple) else default), name


def test_parameters_are_those_of_a_real_model(tiny, tiny_folder):
    expected = sum(parameter.numel() for parameter in tiny.model.parameters())
    assert network.model_sizes(tiny_folder).parameters == expected
    assert network.model_sizes(tiny.model.config).parameters == expected


def test_untied_parameters_are_those_of_a_real_model():
    config, model = named_model("small")
    expected = sum(parameter.numel() for parameter in model.parameters())
    assert network.model_sizes(config).parameters == expected


def test_a_folder_without_config_is_named(tmp_path):
    with pytest.raises(QvqError, match="config.json"):
        network.model_sizes(tmp_path)


@pytest.mark.parametrize(
    "changed",
    [{"num_attention_heads": 5}, {"num_attention_heads": 0}, {"vocab_size": 10**30},
     {"vision_config": {"mlp_ratio": 1.5}}],
)  # fmt: skip
def test_sizes_that_make_no_network_are_told_in_a_sentence(changed):
    with pytest.raises(QvqError, match="configuration is damaged.*fetch config.json again"):
        network_of({"model_type": "qwen2_vl", **changed})


def test_without_transformers_the_cure_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(QvqError, match="cannot be imported.*qvq-nb doctor"):
        network_of({"model_type": "qwen2_vl", "num_hidden_layers": 3})
