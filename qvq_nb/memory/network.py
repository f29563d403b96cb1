"""The network of a Qwen2-VL or Qwen2.5-VL model and its parameters. Plain arithmetic, no torch."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from qvq_nb.models.config import read_config

BYTES_PER_BF16 = 2


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
        key_value_numbers_per_token=2
        * config["num_hidden_layers"]
        * config["num_key_value_heads"]
        * config["head_dim"],
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
            Module(
                layers,
                children=tuple(_layer(f"{layers}.{i}", config) for i in range(config["num_hidden_layers"])),
            ),
            Module("model.language_model.norm", {"weight": (hidden,)}),
            _rotary("model.language_model.rotary_emb", config["head_dim"]),
        ),
    )
    output = {} if config["tie_word_embeddings"] else {"weight": (config["vocab_size"], hidden)}
    return Module(
        "", children=(Module("model", children=(_vision(vision), language_model)), Module("lm_head", output))
    )


def _layer(name, config) -> Module:
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    queries, keys = (
        config[heads] * config["head_dim"] for heads in ("num_attention_heads", "num_key_value_heads")
    )
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
    patch = (
        width,
        vision["in_channels"],
        vision["temporal_patch_size"],
        vision["patch_size"],
        vision["patch_size"],
    )
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
            Module(
                f"{name}.blocks",
                children=tuple(_block(f"{name}.blocks.{i}", vision) for i in range(vision["depth"])),
            ),
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
                children=(
                    _linear(f"{name}.attn.qkv", width, 3 * width),
                    _linear(f"{name}.attn.proj", width, width),
                ),
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
