"""The models that the lessons know."""

import pytest

from qvq_nb.errors import QvqError
from qvq_nb.memory import network
from qvq_nb.models import profiles


def test_every_promised_model_has_a_profile():
    local = ("qvq-mini", "qwen2-vl-2b", "qwen2-vl-7b", "qvq-72b", "qvq-72b-awq")
    hosted = ("qvq-max", "qwen3.5-plus", "qwen3.6-flash", "qwen3.6-plus", "qwen3.7-plus", "qwen3.8-max")
    assert profiles.names() == (*local, *hosted)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(QvqError, match="qvq-mini.*qvq-72b"):
        profiles.get("qvq-73b")


def test_the_72b_has_its_published_figures():
    profile = profiles.get("qvq-72b")
    assert (profile.parameters, profile.bytes) == (73_405_560_320, 146_811_120_640)
    assert profile.hub_ids == ("Qwen/QVQ-72B-Preview",)
    assert profile.system_prompt.endswith("You should think step-by-step.")


@pytest.mark.parametrize(
    ("name", "hidden", "intermediate", "layers", "heads", "key_value_heads", "vocabulary", "tied"),
    [
        ("qwen2-vl-2b", 1536, 8960, 28, 12, 2, 151936, True),
        ("qwen2-vl-7b", 3584, 18944, 28, 28, 4, 152064, False),
    ],
)
def test_the_relatives_have_the_size_of_their_published_shape(
    name, hidden, intermediate, layers, heads, key_value_heads, vocabulary, tied
):
    vision = {
        "depth": 32,
        "embed_dim": 1280,
        "mlp_ratio": 4,
        "patch_size": 14,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
    }
    text = {"hidden_size": hidden, "intermediate_size": intermediate, "num_hidden_layers": layers}
    text |= {"num_attention_heads": heads, "num_key_value_heads": key_value_heads, "vocab_size": vocabulary}
    computed = network.model_sizes(text | {"tie_word_embeddings": tied, "vision_config": vision})
    profile = profiles.get(name)
    assert (profile.parameters, profile.bytes) == (computed.parameters, 2 * computed.parameters)


def test_the_embedded_model_is_here_and_fits_its_profile(reasoner):
    size = reasoner.processor.image_processor.size
    assert profiles.get("qvq-mini").visual_tokens == (
        size["shortest_edge"] // 784,
        size["longest_edge"] // 784,
    )


def test_downloaded_models_are_looked_for_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv(profiles.MODELS_FOLDER_VARIABLE, str(tmp_path))
    assert profiles.get("qvq-72b").folder == tmp_path / "qvq-72b"
    assert not profiles.get("qvq-72b").is_here
