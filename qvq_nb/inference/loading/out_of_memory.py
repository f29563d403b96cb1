"""When memory runs out: where it did, what would help, and giving back what was taken."""

import gc
import re

from qvq_nb.files import GIB, gibibytes
from qvq_nb.inference.loading.wishes import QUANTIZATIONS
from qvq_nb.memory.advice import advise

FEWER_VISUAL_TOKENS = 1280


def out_of_memory(error, plan=None) -> str | None:
    """A sentence for a learner if memory ran out: where, how much was needed, what would help; else None."""
    text = str(error)
    said = re.search(r"out of memory|can't allocate memory|not enough memory", text, re.IGNORECASE)
    if not (said or isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"):
        return None
    gpu = re.search(r"GPU (\d+)", text)
    asked = re.search(r"(?:allocate|you tried to allocate)\s+([\d.]+ (?:[KMGT]iB|bytes))", text)
    where = f"GPU {gpu[1]}" if gpu else "The GPU" if "CUDA" in text else "The CPU's memory"
    needed = f" when {asked[1]} more were needed" if asked else ""
    helpful = settings_that_help(plan, gpu and int(gpu[1]))
    return f"{where} was full{needed}; what was taken is free again. {helpful}"


def settings_that_help(plan, gpu: int | None = None) -> str:
    """Two or three settings that need less memory, with what they save according to the plan."""
    smaller_picture = f"visual_tokens=(4, {FEWER_VISUAL_TOKENS})"
    if plan is None:
        other = "fewer max_new_tokens, or loading with offload=True"
        return f"What helps: a smaller picture ({smaller_picture}), {other}."
    settings = []
    if (fewer := plan.visual_tokens - FEWER_VISUAL_TOKENS) > 0:
        settings.append(f"{smaller_picture} saves {gibibytes(fewer * plan.kv_bytes_per_token)} of cache")
    if half := plan.new_tokens // 2:
        saved = gibibytes((plan.new_tokens - half) * plan.kv_bytes_per_token)
        settings.append(f"max_new_tokens={half} saves {saved} of cache")
    return f"What helps: {'; '.join([*settings, _other_loading(plan, gpu)])}."


def _other_loading(plan, gpu) -> str:
    """How the weights themselves would take less."""
    verdicts = advise(plan).verdicts
    for quantization in QUANTIZATIONS:
        if quantization != plan.quantization and verdicts[quantization] in ("fits", "tight"):
            return f"load(…, quantization={quantization!r}) fits by the plan"
    if gpu is not None and plan.max_memory.get(gpu):
        limit = f"{{{gpu}: '{plan.max_memory[gpu] * 0.9 / GIB:.0f}GiB', …}}"
        return f"load(…, max_memory={limit}, offload=True) leaves more room on GPU {gpu}"
    return "load(…, offload=True) leaves in the files what does not fit, and is slow"


def release_memory() -> None:
    """Gives back what nothing refers to any more, on the CPU and on every GPU."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
