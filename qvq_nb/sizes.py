"""Exact sizes: visual tokens of an image, parameters and bytes of a Qwen2-VL model. Plain arithmetic, no torch."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from qvq_nb.errors import QvqError

PATCH_SIDE_PIXELS = 14  # the vision tower sees squares of 14×14 pixels
MERGE_SIDE_PATCHES = 2  # and hands 2×2 of them to the language model as one token
TOKEN_SIDE_PIXELS = PATCH_SIDE_PIXELS * MERGE_SIDE_PATCHES
TOKEN_PIXELS = TOKEN_SIDE_PIXELS**2
MINIMUM_VISUAL_TOKENS = 4  # the published defaults of Qwen2-VL and QVQ
MAXIMUM_VISUAL_TOKENS = 16_384
LARGEST_ASPECT_RATIO = 200
BYTES_PER_BF16 = 2


def resized(width, height, minimum=MINIMUM_VISUAL_TOKENS, maximum=MAXIMUM_VISUAL_TOKENS) -> tuple[int, int]:
    """The (width, height) in pixels at which Qwen2-VL really looks at an image.

    Three guarantees, as in `smart_resize` of Qwen2-VL (github.com/QwenLM/Qwen2-VL, vision_process.py):
    1. both sides are multiples of 28 pixels;
    2. an image with more than `maximum` visual tokens is shrunk to at most that many (unless it is so long that
       one row of tokens exceeds it), and one with fewer than `minimum` is enlarged to at least that many;
    3. the aspect ratio stays as near as the first two allow.

    Raises QvqError for an empty image or one more than 200 times as long as wide.
    """
    if width < 1 or height < 1:
        raise QvqError(f"An image of {width}×{height} pixels is empty; give one with both sides above zero.")
    if max(width, height) > LARGEST_ASPECT_RATIO * min(width, height):
        raise QvqError(
            f"An image of {width}×{height} pixels is more than {LARGEST_ASPECT_RATIO} times as long as wide, "
            "and Qwen2-VL refuses that; crop it or cut it into pieces."
        )
    minimum_pixels, maximum_pixels = minimum * TOKEN_PIXELS, maximum * TOKEN_PIXELS
    # Python's round() is half-to-even, as in the original: the tokens would differ otherwise.
    new_width = round(width / TOKEN_SIDE_PIXELS) * TOKEN_SIDE_PIXELS
    new_height = round(height / TOKEN_SIDE_PIXELS) * TOKEN_SIDE_PIXELS
    if new_width * new_height > maximum_pixels:
        shrink = math.sqrt(width * height / maximum_pixels)
        new_width = max(TOKEN_SIDE_PIXELS, math.floor(width / shrink / TOKEN_SIDE_PIXELS) * TOKEN_SIDE_PIXELS)
        new_height = max(TOKEN_SIDE_PIXELS, math.floor(height / shrink / TOKEN_SIDE_PIXELS) * TOKEN_SIDE_PIXELS)
    elif new_width * new_height < minimum_pixels:
        grow = math.sqrt(minimum_pixels / (width * height))
        new_width = math.ceil(width * grow / TOKEN_SIDE_PIXELS) * TOKEN_SIDE_PIXELS
        new_height = math.ceil(height * grow / TOKEN_SIDE_PIXELS) * TOKEN_SIDE_PIXELS
    return new_width, new_height


def visual_tokens(width, height, minimum=MINIMUM_VISUAL_TOKENS, maximum=MAXIMUM_VISUAL_TOKENS) -> int:
    """How many tokens an image of width × height pixels takes in the prompt (without its start and end token)."""
    new_width, new_height = resized(width, height, minimum, maximum)
    return (new_width // TOKEN_SIDE_PIXELS) * (new_height // TOKEN_SIDE_PIXELS)


@dataclass(frozen=True)
class ModelSizes:
    """Exact parameter counts of a Qwen2-VL model; multiply by the bytes per parameter for memory."""

    parameters: int
    vision_parameters: int
    layer_parameters: int
    layers: int
    embedding_parameters: int
    output_parameters: int  # 0 where the output layer shares the embedding's weights
    key_value_numbers_per_token: int

    def weight_bytes(self, bytes_per_parameter=BYTES_PER_BF16) -> int:
        """Bytes of all weights; bf16 unless said otherwise."""
        return self.parameters * bytes_per_parameter

    def key_value_bytes(self, tokens=1, bytes_per_number=BYTES_PER_BF16) -> int:
        """Bytes of the KV cache for so many tokens (visual tokens count like any other)."""
        return tokens * self.key_value_numbers_per_token * bytes_per_number


def model_sizes(config) -> ModelSizes:
    """Sizes of a Qwen2-VL model from its config: a model folder, a dict of config.json (flat or nested), or a transformers config."""
    config = _as_dict(config)
    text = {**config, **config.get("text_config", {})}
    vision = config["vision_config"]

    hidden = text["hidden_size"]
    heads = text["num_attention_heads"]
    key_value_heads = text.get("num_key_value_heads") or heads
    head_size = text.get("head_dim") or hidden // heads
    queries, keys = heads * head_size, key_value_heads * head_size
    attention = (hidden + 1) * queries + 2 * (hidden + 1) * keys + queries * hidden  # q, k, v with bias; o without
    layer = attention + 3 * hidden * text["intermediate_size"] + 2 * hidden
    layers = text["num_hidden_layers"]
    embedding = text["vocab_size"] * hidden
    tied = config.get("tie_word_embeddings", text.get("tie_word_embeddings", False))
    output = 0 if tied else embedding

    vision_total = _vision_parameters(vision, hidden)
    return ModelSizes(
        parameters=vision_total + embedding + layers * layer + hidden + output,
        vision_parameters=vision_total,
        layer_parameters=layer,
        layers=layers,
        embedding_parameters=embedding,
        output_parameters=output,
        key_value_numbers_per_token=2 * layers * keys,
    )


def _vision_parameters(vision, text_hidden) -> int:
    width = vision["embed_dim"]
    inner = int(width * vision["mlp_ratio"])
    channels = vision.get("in_channels", vision.get("in_chans", 3))
    patch = channels * vision["temporal_patch_size"] * vision["patch_size"] ** 2 * width
    block = 4 * width + (width + 1) * 3 * width + (width + 1) * width + (width + 1) * inner + (inner + 1) * width
    merged = width * vision["spatial_merge_size"] ** 2
    merger = 2 * width + (merged + 1) * merged + (merged + 1) * vision.get("hidden_size", text_hidden)
    return patch + vision["depth"] * block + merger


def _as_dict(config) -> dict:
    if isinstance(config, dict):
        return config
    if hasattr(config, "to_dict"):
        return config.to_dict()
    path = Path(config)
    path = path / "config.json" if path.is_dir() else path
    if not path.is_file():
        raise QvqError(f"There is no config.json at {path}; give a model folder, or the config itself.")
    return json.loads(path.read_text(encoding="utf-8"))
