"""qvq-mini's shape: Qwen2-VL's architecture, small; and the folder that holds it, laid out like the 72B's."""

import json
import math
from pathlib import Path

import torch
from transformers import GenerationConfig, Qwen2VLConfig, Qwen2VLForConditionalGeneration

from qvq_nb.files import write_whole

MAX_POSITIONS = 2048
PIXEL_BUDGET = {"min_pixels": 4 * 28 * 28, "max_pixels": 154 * 28 * 28}
NEVER_WRITTEN = (
    "<|image_pad|>", "<|video_pad|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>", "<|im_start|>",
)  # fmt: skip
SHAPE = {
    "text": {
        "hidden_size": 256,
        "intermediate_size": 768,
        "num_hidden_layers": 6,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
    },
    "vision": {"embed_dim": 192, "depth": 3, "num_heads": 4, "mlp_ratio": 4},
}


def build_config(tokenizer, shape: dict = SHAPE) -> Qwen2VLConfig:
    """The configuration for a tokenizer's vocabulary; mrope sections add up to half the head dimension."""
    token = tokenizer.convert_tokens_to_ids
    text = shape["text"]
    half = text["hidden_size"] // text["num_attention_heads"] // 2
    temporal = half // 4
    sections = [temporal, (half - temporal) // 2, half - temporal - (half - temporal) // 2]
    return Qwen2VLConfig(
        text_config={
            **text,
            "vocab_size": -(-len(tokenizer) // 64) * 64,
            "max_position_embeddings": MAX_POSITIONS,
            "rms_norm_eps": 1e-6,
            "tie_word_embeddings": True,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0, "mrope_section": sections},
            "bos_token_id": token("<|endoftext|>"),
            "eos_token_id": token("<|im_end|>"),
            "pad_token_id": token("<|endoftext|>"),
        },
        vision_config={
            **shape["vision"],
            "hidden_size": text["hidden_size"],
            "patch_size": 14,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "in_channels": 3,
        },
        image_token_id=token("<|image_pad|>"),
        video_token_id=token("<|video_pad|>"),
        vision_start_token_id=token("<|vision_start|>"),
        vision_end_token_id=token("<|vision_end|>"),
        tie_word_embeddings=True,
    )


def build_model(config: Qwen2VLConfig, seed: int = 0) -> Qwen2VLForConditionalGeneration:
    """A model with fresh weights, each matrix drawn with deviation 1/sqrt(its inputs), in float32."""
    torch.manual_seed(seed)
    model = Qwen2VLForConditionalGeneration(config).float()
    for name, parameter in model.named_parameters():
        if parameter.dim() >= 2:
            inputs = parameter[0].numel()
            deviation = 0.02 if "embed_tokens" in name else 1 / math.sqrt(inputs)
            torch.nn.init.normal_(parameter, std=deviation)
    return model


def save(model: Qwen2VLForConditionalGeneration, tokenizer, folder: Path) -> None:
    """Writes the model folder: weights in bfloat16, tokenizer, chat template, image processor."""
    folder.mkdir(parents=True, exist_ok=True)
    token = tokenizer.convert_tokens_to_ids
    copy = Qwen2VLForConditionalGeneration(model.config)
    copy.load_state_dict(model.state_dict())
    copy = copy.to(torch.bfloat16)
    for config in (copy.config, copy.config.text_config, copy.config.vision_config):
        config.dtype = torch.bfloat16
    copy.generation_config = GenerationConfig(
        do_sample=False,
        max_new_tokens=512,
        suppress_tokens=[*map(token, NEVER_WRITTEN)],
        bos_token_id=token("<|endoftext|>"),
        eos_token_id=[token("<|im_end|>"), token("<|endoftext|>")],
        pad_token_id=token("<|endoftext|>"),
    )
    copy.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    preprocessor = {
        **PIXEL_BUDGET,
        "patch_size": 14,
        "temporal_patch_size": 2,
        "merge_size": 2,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
        "image_processor_type": "Qwen2VLImageProcessor",
        "processor_class": "Qwen2VLProcessor",
    }
    write_whole(folder / "preprocessor_config.json", json.dumps(preprocessor, indent=2) + "\n")
    (folder / "model.safetensors").chmod(0o644)  # safetensors writes it for the owner alone
