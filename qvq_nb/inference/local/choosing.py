"""Whether a model is decoded by the hand-written step: where it suits, and where it wins."""

import math
import time
from functools import partial

import torch
from transformers import DynamicCache

from qvq_nb.inference.loading.model import Loaded
from qvq_nb.inference.local.double_check import DoubleChecked
from qvq_nb.inference.local.greedy import one_thread
from qvq_nb.inference.local.small_step import SmallStep

MOST_WEIGHTS = 50_000_000  # of the whole model: beyond, the products themselves take nearly all the time
TRIED_TOKENS, ROUNDS = 64, 5
WORTH_A_DOUBLE_CHECK = 0.85  # of the time with float32 weights


class Decoding:
    """Gives the step for a loaded model, or None where plain `generate` is to be used.

    What the step has of the model are copies. So it is made anew when a weight has changed, and is not used
    while a hook wants to see what happens inside, or another kind of layer has taken the place of one.
    """

    def __init__(self, loaded: Loaded, is_shared: bool, forbidden_tokens: list[int]):
        self.model, self.suits = loaded.model, not is_shared and suits(loaded)
        self.forbidden_tokens = forbidden_tokens
        self._modules, self._weights, self._steps = kinds(self.model), None, {}

    def step(self, rows: int = 1) -> SmallStep | DoubleChecked | None:
        """The step for so many replies at once, as it is fastest on this processor."""
        if not self.suits or is_watched(self.model) or kinds(self.model) != self._modules:
            return None
        if self._weights != (now := fingerprint(self.model)):
            self._weights, self._steps = now, {}
        if rows > 1 and "several" not in self._steps:
            self._steps["several"] = SmallStep(self.model, torch.float32)
        if rows == 1 and "one" not in self._steps:
            self._steps["one"] = fastest(self.model, self.forbidden_tokens)
        return self._steps["several" if rows > 1 else "one"]


def suits(loaded: Loaded) -> bool:
    """Whether the step computes what this model computes: a small float32 Qwen2-VL, all of it on the CPU."""
    model, config = loaded.model, loaded.model.config
    if config.model_type != "qwen2_vl" or loaded.quantization or model.dtype != torch.float32:
        return False
    text = config.get_text_config()
    return (
        {str(device) for device in loaded.device_map.values()} == {"cpu"}
        and model.num_parameters() <= MOST_WEIGHTS
        and text.hidden_act == "silu"
        and text.rope_parameters["rope_type"] == "default"
        and set(text.layer_types) == {"full_attention"}
    )


def kinds(model) -> list[type]:
    """What the modules of the model are, in order."""
    return [type(module) for module in model.modules()]


def is_watched(model) -> bool:
    """Whether a hook or another `forward` sits in the model, of which the step would know nothing."""
    return any(
        module._forward_hooks or module._forward_pre_hooks or "forward" in vars(module)
        for module in model.modules()
    )


@torch.inference_mode()
def fingerprint(model) -> list[float]:
    """One number per weight of the language model, another one if the weight was changed or moved about."""
    weights = [*model.model.language_model.parameters(), model.lm_head.weight]
    places = torch.linspace(1, 2, max(weight.numel() for weight in weights))
    return [float(weight.flatten() @ places[: weight.numel()]) for weight in weights]


@torch.inference_mode()
def fastest(model, forbidden_tokens: list[int]) -> SmallStep | DoubleChecked | None:
    """The step with float16 (double-checked) or float32 weights; None where transformers is faster.

    Takes some ten milliseconds. Half the bytes win where reading the weights takes the time, and only then
    are they worth the double check; some processors compute slowly with float16. Measured in turns and in
    time of this thread's processor, so that other programs disturb little.
    """
    tokens, cache = torch.zeros(1, TRIED_TOKENS, dtype=torch.long), DynamicCache()
    places = torch.arange(TRIED_TOKENS).expand(3, 1, -1)
    model(input_ids=tokens, position_ids=places, past_key_values=cache, logits_to_keep=1)
    one = {"input_ids": tokens[:, :1], "position_ids": places[..., -1:]}
    ways = {None: partial(model, **one, past_key_values=cache)}
    half, full = (SmallStep(model, dtype) for dtype in (torch.float16, torch.float32))
    for step in (half, full):
        ways[step] = partial(step, tokens[:, 0], step.begin(cache, TRIED_TOKENS + ROUNDS, torch.zeros(1)))
    seconds = dict.fromkeys(ways, math.inf)
    with one_thread():
        for _ in range(ROUNDS):
            for way, run in ways.items():
                started = time.thread_time()
                run()
                seconds[way] = min(seconds[way], time.thread_time() - started)
    if seconds[half] < WORTH_A_DOUBLE_CHECK * min(seconds[full], seconds[None]):
        return DoubleChecked(half, full, forbidden_tokens)
    return full if seconds[full] < seconds[None] else None
