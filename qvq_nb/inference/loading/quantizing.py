"""Weights in 8 or 4 bits by bitsandbytes; vision tower and output layer are left alone, which is checked."""

import re
from importlib.util import find_spec

from qvq_nb.errors import QvqError

KEPT_IN_BF16 = (
    "model.visual",
    "lm_head",
)  # the names in memory: "visual" alone would match nothing, silently


def quantization_config(quantization: str):
    """What `from_pretrained` takes for "int8" or "nf4"; QvqError without bitsandbytes."""
    import torch
    from transformers import BitsAndBytesConfig

    if not find_spec("bitsandbytes"):
        raise QvqError(
            f"{quantization} needs the package bitsandbytes; install it with: pip install bitsandbytes"
        )
    return BitsAndBytesConfig(
        load_in_8bit=quantization == "int8",
        load_in_4bit=quantization == "nf4",
        bnb_4bit_quant_type="nf4",
        bnb_4bit_compute_dtype=torch.bfloat16,
        llm_int8_skip_modules=list(KEPT_IN_BF16),
    )


def scales(parameter) -> list:
    """The scales that bitsandbytes keeps beside a weight: one per block of 64 in 4 bits, one per row in 8."""
    state = getattr(parameter, "quant_state", None)
    found = (getattr(state, "absmax", None), getattr(parameter, "SCB", None))
    return [scale for scale in found if scale is not None]


def check_untouched(model) -> None:
    """QvqError unless the vision tower and the output layer are plain, and the decoder layers are quantized.

    A list of exceptions that matches nothing fails without a word: hence every module is looked at.
    """
    import torch

    for name, module in model.named_modules():
        if not isinstance(module, torch.nn.Linear):
            continue
        plain = (
            type(module) is torch.nn.Linear
            and type(module.weight) is torch.nn.Parameter
            and module.weight.is_floating_point()
        )
        fault = None
        if name.startswith(KEPT_IN_BF16) and not plain:
            fault = "was quantized though it must stay as it is"
        elif re.search(r"\.layers\.\d+\.", name) and plain:
            fault = "was not quantized though it should be"
        if fault:
            raise QvqError(
                f"{name} {fault}; load in bf16, and report the versions that `qvq-nb doctor` shows."
            )
