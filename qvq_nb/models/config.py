"""The sizes of a model as its config.json says them, flat or nested, transformers' defaults filled in."""

from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.files import read_json, shown

LARGEST_NUMBER_OF_LAYERS = 1_000
LARGEST_SIZE = 10**8
LONGEST_REASON = 200

# What transformers takes where a config.json is silent; None follows from the other sizes.
QWEN2_TEXT = {
    "vocab_size": 152064, "hidden_size": 8192, "intermediate_size": 29568, "num_hidden_layers": 80,
    "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": None,
}  # fmt: skip
TEXT_DEFAULTS = {
    "qwen2_vl": QWEN2_TEXT,
    "qwen2_5_vl": QWEN2_TEXT,
    "qwen3_vl": {
        "vocab_size": 151936, "hidden_size": 4096, "intermediate_size": 22016, "num_hidden_layers": 32,
        "num_attention_heads": 32, "num_key_value_heads": 32, "head_dim": 128, "attention_bias": False,
    },
}  # fmt: skip
VISION_SIZES = {
    "depth": 32, "num_heads": 16, "in_channels": 3, "patch_size": 14, "spatial_merge_size": 2,
    "temporal_patch_size": 2,
}  # fmt: skip
VISION_DEFAULTS = {
    "qwen2_vl": {**VISION_SIZES, "embed_dim": 1280, "mlp_ratio": 4, "hidden_size": None},
    "qwen2_5_vl": {**VISION_SIZES, "hidden_size": 3584, "intermediate_size": 3420, "out_hidden_size": None},
    "qwen3_vl": {
        **VISION_SIZES, "depth": 27, "patch_size": 16, "hidden_size": 1152, "intermediate_size": 4304,
        "out_hidden_size": None, "num_position_embeddings": 2304, "deepstack_visual_indexes": [8, 16, 24],
    },
}  # fmt: skip
VISION_WIDTH = {"qwen2_vl": "embed_dim"}  # what the width and the output of the vision tower are called;
VISION_OUTPUT = {"qwen2_vl": "hidden_size"}  # in the others "hidden_size" and "out_hidden_size"
NO_SIZES = ("attention_bias", "deepstack_visual_indexes")  # they decide about shapes, too


def read_config(config) -> dict:
    """The configuration of a model as one flat dict: that of the text model and, within, `vision_config`.

    Takes a model folder, a config.json, its content (flat as published, or nested as transformers 5 writes
    it), or a transformers config, of a Qwen2-VL, Qwen2.5-VL or Qwen3-VL model; QvqError for anything else.
    What is left out has the default of transformers. `vision_config` has "width" and "output_width" besides.
    """
    raw = _as_dict(config)
    kind = raw.get("model_type", "qwen2_vl")
    if str(kind) not in VISION_DEFAULTS:
        raise QvqError(
            f"This is the configuration of a model of type {kind!r}; "
            f"the sizes of {', '.join(VISION_DEFAULTS)} are known here."
        )
    try:
        return _flattened(raw, kind)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, AttributeError) as error:
        raise damaged(error) from None


def sizes_of(config: dict) -> dict:
    """What of a configuration that was read decides about the shapes of the network, and nothing else."""
    kind, vision = config["model_type"], config["vision_config"]
    return {
        "model_type": kind,
        "tie_word_embeddings": config["tie_word_embeddings"],
        **{name: config[name] for name in TEXT_DEFAULTS[kind]},
        "vision_config": {name: vision[name] for name in VISION_DEFAULTS[kind]},
    }


def damaged(error: Exception) -> QvqError:
    """The error for a configuration that makes no model."""
    said = shown(" ".join(str(error).split()), LONGEST_REASON)
    return QvqError(
        f"The model's configuration is damaged ({type(error).__name__}: {said}); fetch config.json again."
    )


def _flattened(raw, kind) -> dict:
    text = {**TEXT_DEFAULTS[kind], **raw, **(raw.get("text_config") or {})}
    text["num_key_value_heads"] = text["num_key_value_heads"] or text["num_attention_heads"]
    if TEXT_DEFAULTS[kind]["head_dim"] is None:
        text["head_dim"] = text["hidden_size"] // text["num_attention_heads"]
    text["tie_word_embeddings"] = bool(raw.get("tie_word_embeddings", text.get("tie_word_embeddings", False)))
    vision = {**VISION_DEFAULTS[kind], **(raw.get("vision_config") or {})}
    vision["in_channels"] = vision.get("in_chans", vision["in_channels"])
    output = VISION_OUTPUT.get(kind, "out_hidden_size")
    vision[output] = vision[output] or text["hidden_size"]
    vision |= {"width": vision[VISION_WIDTH.get(kind, "hidden_size")], "output_width": vision[output]}
    needed = [
        part[name]
        for part, names in ((text, TEXT_DEFAULTS[kind]), (vision, VISION_DEFAULTS[kind]))
        for name in names
        if name not in NO_SIZES
    ]
    if not all(type(number) is int and number > 0 for number in needed):
        raise ValueError("a size is not a whole number above zero")
    if max(text["num_hidden_layers"], vision["depth"]) > LARGEST_NUMBER_OF_LAYERS:
        raise ValueError(f"it has more than {LARGEST_NUMBER_OF_LAYERS:,} layers")
    if max(needed) > LARGEST_SIZE:
        raise ValueError(f"a size is above {LARGEST_SIZE:,}")
    text.pop("text_config", None)
    return {**text, "model_type": kind, "vision_config": vision}


def _as_dict(config) -> dict:
    if hasattr(config, "to_dict"):
        return config.to_dict()
    if isinstance(config, dict):
        return config
    path = Path(config)
    path = path / "config.json" if path.is_dir() else path
    return read_json(path, f"There is no config.json at {path}; give a model folder, or the config itself.")
