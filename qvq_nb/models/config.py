"""The shape of a model as its config.json says it, flat or nested, with the defaults of transformers filled in."""

import json
from pathlib import Path

from qvq_nb.errors import QvqError

LARGEST_NUMBER_OF_LAYERS = 1_000

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


def read_config(config) -> dict:
    """The shape of a model as one flat dict, with the names of the text configuration and, within, `vision_config`.

    Takes a model folder, a config.json, its content (flat as published, or nested as transformers 5 writes it), or a
    transformers config. What a file leaves out has the default of transformers. Raises QvqError for anything else.
    """
    raw = _as_dict(config)
    kind = raw.get("model_type", "qwen2_vl")
    if kind not in ("qwen2_vl", "qwen2_5_vl"):
        raise QvqError(
            f"This is the configuration of a model of type {kind!r}; the sizes of qwen2_vl and qwen2_5_vl are known here."
        )
    try:
        return _flattened(raw, kind)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, AttributeError) as error:
        raise QvqError(
            f"The model's configuration is damaged ({type(error).__name__}: {error}); fetch config.json again."
        ) from None


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
        "inner_width": vision["intermediate_size"]
        if gated
        else int(vision["embed_dim"] * vision["mlp_ratio"]),
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
