"""Sizes: against the published figures, against transformers' own resizing, against a real model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qvq_nb.errors import QvqError
from qvq_nb.media import resize
from qvq_nb.memory import network

QVQ_72B = {
    "hidden_size": 8192, "intermediate_size": 29568, "num_hidden_layers": 80, "num_attention_heads": 64,
    "num_key_value_heads": 8, "vocab_size": 152064, "tie_word_embeddings": False,
    "vision_config": {"depth": 32, "embed_dim": 1280, "mlp_ratio": 4, "num_heads": 16, "in_chans": 3, "hidden_size": 8192,
                      "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2},
}  # fmt: skip


def test_the_72b_has_its_published_size():
    model = network.model_sizes(QVQ_72B)
    assert model.parameters == 73_405_560_320
    assert model.weight_bytes() == 146_811_120_640
    assert model.layer_parameters * 2 == 1_755_369_472
    assert model.embedding_parameters * 2 == model.output_parameters * 2 == 2_491_416_576
    assert model.vision_parameters == 699_356_672
    assert model.key_value_bytes() == 327_680


@pytest.mark.parametrize(
    ("width", "height", "tokens"), [(1920, 1080, 2691), (2480, 3508, 11125), (28, 28, 4), (400, 300, 154)]
)
def test_known_images_have_their_known_tokens(width, height, tokens):
    assert resize.visual_tokens(width, height) == tokens


@given(st.integers(1, 6000), st.integers(1, 6000), st.integers(1, 300), st.integers(0, 16_000))
def test_resizing_keeps_its_guarantees(width, height, minimum, more):
    maximum = minimum + more
    if max(width, height) > 200 * min(width, height):
        with pytest.raises(QvqError):
            resize.resized(width, height, minimum, maximum)
        return
    sides = resize.resized(width, height, minimum, maximum)
    tokens = resize.visual_tokens(width, height, minimum, maximum)
    assert sides[0] % 28 == sides[1] % 28 == 0 and min(sides) >= 28
    was_shrunk = round(width / 28) * round(height / 28) > maximum
    if was_shrunk:
        assert tokens <= maximum or min(sides) == 28
    else:
        assert tokens >= minimum


def test_resizing_is_that_of_transformers():
    from transformers.models.qwen2_vl.image_processing_qwen2_vl import smart_resize

    for width in (28, 77, 300, 400, 1023, 4000):
        for height in (30, 90, 266, 378, 1500, 3508):
            for minimum, maximum in ((4, 16_384), (4, 200), (256, 1280), (100, 101)):
                theirs = smart_resize(height, width, min_pixels=minimum * 784, max_pixels=maximum * 784)
                assert resize.resized(width, height, minimum, maximum) == theirs[::-1]


@pytest.mark.parametrize("size", [(0, 10), (10, 0), (300, 1), (1, 201)])
def test_impossible_images_are_refused(size):
    with pytest.raises(QvqError):
        resize.visual_tokens(*size)


def test_parameters_are_those_of_a_real_model(tiny, tiny_folder):
    expected = sum(parameter.numel() for parameter in tiny.model.parameters())
    assert network.model_sizes(tiny_folder).parameters == expected
    assert network.model_sizes(tiny.model.config).parameters == expected


def test_untied_parameters_are_those_of_a_real_model():
    import torch
    from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration

    config = Qwen2VLConfig(
        text_config={"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4,
                     "num_key_value_heads": 2, "vocab_size": 500, "tie_word_embeddings": False},
        vision_config={"depth": 2, "embed_dim": 48, "mlp_ratio": 3, "num_heads": 2, "hidden_size": 64},
        tie_word_embeddings=False,
    )  # fmt: skip
    with torch.device("meta"):
        model = Qwen2VLForConditionalGeneration(config)
    assert network.model_sizes(config).parameters == sum(
        parameter.numel() for parameter in model.parameters()
    )


def test_a_folder_without_config_is_named(tmp_path):
    with pytest.raises(QvqError, match="config.json"):
        network.model_sizes(tmp_path)
