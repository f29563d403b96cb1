"""Exact sizes: visual tokens of an image, the network of a Qwen2-VL or Qwen2.5-VL model and its parameters. Plain arithmetic, no torch."""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

from qvq_nb.errors import QvqError

PATCH_SIDE_PIXELS = 14  # the vision tower sees squares of 14×14 pixels
MERGE_SIDE_PATCHES = 2  # and hands 2×2 of them to the language model as one token
TOKEN_SIDE_PIXELS = PATCH_SIDE_PIXELS * MERGE_SIDE_PATCHES
TOKEN_PIXELS = TOKEN_SIDE_PIXELS**2
MINIMUM_VISUAL_TOKENS = 4  # the published defaults of Qwen2-VL and QVQ
MAXIMUM_VISUAL_TOKENS = 16_384
LARGEST_ASPECT_RATIO = 200
LARGEST_NUMBER_OF_LAYERS = 1_000
BYTES_PER_BF16 = 2

# What transformers takes where a config.json is silent (configuration_qwen2_vl.py, configuration_qwen2_5_vl.py).
TEXT_DEFAULTS = {
    "vocab_size": 152064, "hidden_size": 8192, "intermediate_size": 29568, "num_hidden_layers": 80,
    "num_attention_heads": 64, "num_key_value_heads": 8, "tie_word_embeddings": False,
}  # fmt: skip
VISION_SIZES = {
    "depth": 32, "num_heads": 16, "in_channels": 3, "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2,
}  # fmt: skip
VISION_DEFAULTS = {
    "qwen2_vl": {**VISION_SIZES, "embed_dim": 1280, "mlp_ratio": 4},
    "qwen2_5_vl": {**VISION_SIZES, "hidden_size": 3584, "intermediate_size": 3420},
}


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
class Module:
    """A part of the network as transformers names it: the shapes of its own tensors, and the parts within it.

    `whole` parts (a decoder layer, a vision block) are never split between devices.
    """

    name: str
    parameters: dict[str, tuple[int, ...]] = field(default_factory=dict)
    buffers: dict[str, tuple[int, ...]] = field(default_factory=dict)
    children: tuple["Module", ...] = ()
    whole: bool = False

    def walk(self) -> Iterator["Module"]:
        """This part and all parts within it, in the order of the network."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def numbers(self) -> int:
        """How many parameters this part has, those of the parts within it included."""
        return sum(math.prod(shape) for part in self.walk() for shape in part.parameters.values())


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
    """Sizes of a Qwen2-VL or Qwen2.5-VL model from whatever `read_config` takes."""
    config = read_config(config)
    network = module_tree(config)
    part = {module.name: module for module in network.walk()}
    layers = part["model.language_model.layers"].children
    return ModelSizes(
        parameters=network.numbers,
        vision_parameters=part["model.visual"].numbers,
        layer_parameters=layers[0].numbers,
        layers=len(layers),
        embedding_parameters=part["model.language_model.embed_tokens"].numbers,
        output_parameters=part["lm_head"].numbers,
        key_value_numbers_per_token=2 * config["num_hidden_layers"] * config["num_key_value_heads"] * config["head_dim"],
    )


def module_tree(config) -> Module:
    """The network of a Qwen2-VL or Qwen2.5-VL model as transformers 5 builds it, from whatever `read_config` takes.

    The tied output layer of a small model has no parameters of its own.
    """
    config = read_config(config)
    vision, hidden = config["vision_config"], config["hidden_size"]
    layers = "model.language_model.layers"
    language_model = Module(
        "model.language_model",
        children=(
            Module("model.language_model.embed_tokens", {"weight": (config["vocab_size"], hidden)}),
            Module(layers, children=tuple(_layer(f"{layers}.{i}", config) for i in range(config["num_hidden_layers"]))),
            Module("model.language_model.norm", {"weight": (hidden,)}),
            _rotary("model.language_model.rotary_emb", config["head_dim"]),
        ),
    )
    output = {} if config["tie_word_embeddings"] else {"weight": (config["vocab_size"], hidden)}
    return Module("", children=(Module("model", children=(_vision(vision), language_model)), Module("lm_head", output)))


def _layer(name, config) -> Module:
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    queries, keys = (config[heads] * config["head_dim"] for heads in ("num_attention_heads", "num_key_value_heads"))
    attention = (
        _linear(f"{name}.self_attn.q_proj", hidden, queries),
        _linear(f"{name}.self_attn.k_proj", hidden, keys),
        _linear(f"{name}.self_attn.v_proj", hidden, keys),
        _linear(f"{name}.self_attn.o_proj", queries, hidden, bias=False),
    )
    feed_forward = (
        _linear(f"{name}.mlp.gate_proj", hidden, inner, bias=False),
        _linear(f"{name}.mlp.up_proj", hidden, inner, bias=False),
        _linear(f"{name}.mlp.down_proj", inner, hidden, bias=False),
    )
    return Module(
        name,
        children=(
            Module(f"{name}.self_attn", children=attention),
            Module(f"{name}.mlp", children=feed_forward),
            Module(f"{name}.input_layernorm", {"weight": (hidden,)}),
            Module(f"{name}.post_attention_layernorm", {"weight": (hidden,)}),
        ),
        whole=True,
    )


def _vision(vision) -> Module:
    name, width = "model.visual", vision["width"]
    patch = (width, vision["in_channels"], vision["temporal_patch_size"], vision["patch_size"], vision["patch_size"])
    merged = width * vision["spatial_merge_size"] ** 2
    merger = (
        _norm(f"{name}.merger.ln_q", width, vision["norm_bias"]),
        Module(
            f"{name}.merger.mlp",
            children=(
                _linear(f"{name}.merger.mlp.0", merged, merged),
                Module(f"{name}.merger.mlp.1"),  # the activation, which has no numbers
                _linear(f"{name}.merger.mlp.2", merged, vision["output_width"]),
            ),
        ),
    )
    return Module(
        name,
        children=(
            Module(f"{name}.patch_embed", children=(Module(f"{name}.patch_embed.proj", {"weight": patch}),)),
            _rotary(f"{name}.rotary_pos_emb", width // vision["num_heads"] // 2),
            Module(f"{name}.blocks", children=tuple(_block(f"{name}.blocks.{i}", vision) for i in range(vision["depth"]))),
            Module(f"{name}.merger", children=merger),
        ),
    )


def _block(name, vision) -> Module:
    width, inner = vision["width"], vision["inner_width"]
    if vision["gated"]:
        up = (_linear(f"{name}.mlp.gate_proj", width, inner), _linear(f"{name}.mlp.up_proj", width, inner))
        feed_forward = (*up, _linear(f"{name}.mlp.down_proj", inner, width))
    else:
        feed_forward = (_linear(f"{name}.mlp.fc1", width, inner), _linear(f"{name}.mlp.fc2", inner, width))
    return Module(
        name,
        children=(
            _norm(f"{name}.norm1", width, vision["norm_bias"]),
            _norm(f"{name}.norm2", width, vision["norm_bias"]),
            Module(
                f"{name}.attn",
                children=(_linear(f"{name}.attn.qkv", width, 3 * width), _linear(f"{name}.attn.proj", width, width)),
            ),
            Module(f"{name}.mlp", children=feed_forward),
        ),
        whole=True,
    )


def _linear(name, inputs, outputs, bias=True) -> Module:
    return Module(name, {"weight": (outputs, inputs), **({"bias": (outputs,)} if bias else {})})


def _norm(name, width, bias) -> Module:
    return Module(name, {"weight": (width,), **({"bias": (width,)} if bias else {})})


def _rotary(name, width) -> Module:
    frequencies = (math.ceil(width / 2),)
    return Module(name, buffers={"inv_freq": frequencies, "original_inv_freq": frequencies})


def read_config(config) -> dict:
    """The shape of a model as one flat dict, with the names of the text configuration and, within, `vision_config`.

    Takes a model folder, a config.json, its content (flat as published, or nested as transformers 5 writes it), or a
    transformers config. What a file leaves out has the default of transformers. Raises QvqError for anything else.
    """
    raw = _as_dict(config)
    kind = raw.get("model_type", "qwen2_vl")
    if kind not in ("qwen2_vl", "qwen2_5_vl"):
        raise QvqError(f"This is the configuration of a model of type {kind!r}; the sizes of qwen2_vl and qwen2_5_vl are known here.")
    try:
        return _flattened(raw, kind)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, AttributeError) as error:
        raise QvqError(f"The model's configuration is damaged ({type(error).__name__}: {error}); fetch config.json again.") from None


def _flattened(raw, kind) -> dict:
    text = {**TEXT_DEFAULTS, **raw, **(raw.get("text_config") or {})}
    text["num_key_value_heads"] = text["num_key_value_heads"] or text["num_attention_heads"]
    text["head_dim"] = text.get("head_dim") or text["hidden_size"] // text["num_attention_heads"]
    text["tie_word_embeddings"] = raw.get("tie_word_embeddings", text["tie_word_embeddings"])
    vision = {**VISION_DEFAULTS[kind], **(raw.get("vision_config") or {})}
    vision["in_channels"] = vision.get("in_chans", vision["in_channels"])
    gated = kind == "qwen2_5_vl"
    vision |= {
        "width": vision["hidden_size"] if gated else vision["embed_dim"],
        "inner_width": vision["intermediate_size"] if gated else int(vision["embed_dim"] * vision["mlp_ratio"]),
        "output_width": vision.get("out_hidden_size" if gated else "hidden_size", text["hidden_size"]),
        "gated": gated,
        "norm_bias": not gated,
    }
    needed = [*(text[name] for name in TEXT_DEFAULTS if name != "tie_word_embeddings"), text["head_dim"]]
    needed += [vision[name] for name in (*VISION_SIZES, "width", "inner_width", "output_width")]
    if not all(isinstance(number, int) and number > 0 for number in needed):
        raise ValueError("a size is not a whole number above zero")
    if max(text["num_hidden_layers"], vision["depth"]) > LARGEST_NUMBER_OF_LAYERS:
        raise ValueError(f"it has more than {LARGEST_NUMBER_OF_LAYERS:,} layers")
    text.pop("text_config", None)
    return {**text, "model_type": kind, "vision_config": vision}


def _as_dict(config) -> dict:
    if hasattr(config, "to_dict"):
        return config.to_dict()
    if not isinstance(config, dict):
        path = Path(config)
        path = path / "config.json" if path.is_dir() else path
        if not path.is_file():
            raise QvqError(f"There is no config.json at {path}; give a model folder, or the config itself.")
        try:
            config = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise QvqError(f"{path} cannot be read as JSON; fetch this file again.") from None
    if not isinstance(config, dict):
        raise QvqError(f"{path} is not what a model folder holds there; fetch this file again.")
    return config
