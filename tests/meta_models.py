"""Models of transformers on the meta device, to hold the plan's networks and device maps against."""

FAMILIES = {"Qwen2VL": "qwen2_vl", "Qwen2_5_VL": "qwen2_5_vl", "Qwen3VL": "qwen3_vl"}
SMALL_TEXT = {
    "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 5, "num_attention_heads": 4,
    "num_key_value_heads": 2, "vocab_size": 500, "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip
SMALL_VISION = {
    "Qwen2VL": {"depth": 4, "embed_dim": 48, "mlp_ratio": 3, "num_heads": 2, "hidden_size": 64},
    "Qwen2_5_VL": {
        "depth": 4, "hidden_size": 48, "intermediate_size": 90, "num_heads": 2, "out_hidden_size": 64,
    },
    "Qwen3VL": {
        "depth": 4, "hidden_size": 48, "intermediate_size": 90, "num_heads": 2, "out_hidden_size": 64,
        "num_position_embeddings": 16, "deepstack_visual_indexes": [1, 2],
    },
}  # fmt: skip
SMALL = ("small", "small tied", "small 2.5", "small 3", "small 3 tied")


def meta_model(family, text, vision, tied=False):
    """(config, model) of transformers on the meta device, in bf16 as from_pretrained makes it."""
    import torch
    import transformers

    config = getattr(transformers, f"{family}Config")(
        text_config=text, vision_config=vision, tie_word_embeddings=tied
    )
    torch.set_default_dtype(torch.bfloat16)
    try:
        with torch.device("meta"):
            return config, getattr(transformers, f"{family}ForConditionalGeneration")(config)
    finally:
        torch.set_default_dtype(torch.float32)


def named_model(name):
    """(config, model) of "72b" or of one of the small ones."""
    if name == "72b":
        return meta_model("Qwen2VL", {}, {"hidden_size": 8192})
    family = "Qwen2_5_VL" if "2.5" in name else "Qwen3VL" if "3" in name else "Qwen2VL"
    return meta_model(family, SMALL_TEXT, SMALL_VISION[family], tied="tied" in name)
