"""What one question costs a model: bytes of each part's weights, of the cache, of activations."""

from collections import Counter
from functools import cache, lru_cache

from qvq_nb.memory.dtypes import BYTES_PER_NUMBER, NumberFormat
from qvq_nb.memory.network import EMBEDDING, LAYERS, OUTPUT, Module

BYTES_PER_FP32 = BYTES_PER_NUMBER["fp32"]
# Tensors as wide as the vision tower that live at its peak, counted operation by operation.
VISION_WIDTHS = {"qwen2_vl": 17, "qwen2_5_vl": 17, "qwen3_vl": 19}


class Weights:
    """The bytes of a network in a number format, by part.

    `stored` is what a part's own parameters take in memory; `counted` is everything in a part, buffers as
    well, as transformers counts it for its device map.
    """

    def __init__(self, network: Module, number_format: NumberFormat):
        self.network, self.number_format = network, number_format
        self.part = {part.name: part for part in network.walk()}
        self.counted, self.stored, self.largest_own = Counter(), {}, 0
        for name, part in self.part.items():
            # Rotary frequencies are in fp32, whatever the number format of the weights.
            own = sum(BYTES_PER_FP32 * shape[0] for shape in part.buffers.values())
            own += sum(number_format.counted(name, shape) for shape in part.parameters.values())
            self.largest_own = max(self.largest_own, own)
            self.counted.update(dict.fromkeys(holders(name), own))
            if part.parameters:
                self.stored[name] = sum(number_format.stored(name, one) for one in part.parameters.values())
        self.in_all = sum(self.stored.values())
        self.layers = tuple(layer.name for layer in self.part[LAYERS].children)
        self.of_layers = sum(size for name, size in self.stored.items() if name.startswith(LAYERS))
        self.of_output = self.stored.get(OUTPUT) or self.stored[EMBEDDING]


weights_of = lru_cache(maxsize=32)(Weights)  # advice asks for the same ones again and again


@cache
def holders(part: str) -> tuple[str, ...]:
    """The part and everything that it lies in, outermost ("") first."""
    pieces = part.split(".") if part else []
    return tuple(".".join(pieces[:count]) for count in range(len(pieces) + 1))


class Footprint:
    """One question to a model with these weights; `config` is what `read_config` gives."""

    def __init__(
        self, config: dict, weights: Weights, visual_tokens: int, prompt_tokens: int, new_tokens: int
    ):
        self.config, self.weights = config, weights
        self.visual_tokens, self.prompt_tokens = visual_tokens, prompt_tokens
        self.tokens = prompt_tokens + new_tokens
        self.bytes_per_number = weights.number_format.bytes_per_number
        key_and_value = 2 * config["num_key_value_heads"] * config["head_dim"]
        self.kv_bytes_per_layer = key_and_value * self.bytes_per_number  # of one token
        self.kv_bytes_per_token = self.kv_bytes_per_layer * config["num_hidden_layers"]

    def activation_bytes(self, ranks=1) -> int:
        """The peak in a decoder layer while the whole prompt is read, in its feed-forward part.

        tokens × bytes per number × (3 × intermediate / ranks + 4 × hidden + 2 × head): three wide tensors
        (gate, up and their product), four of the hidden size, and the rotary cosines and sines. Counted
        operation by operation on the decoders of transformers 5.23 (tests/test_activations.py).
        """
        inner, hidden = self.config["intermediate_size"] // ranks, self.config["hidden_size"]
        widths = 3 * inner + 4 * hidden + 2 * self.config["head_dim"]
        return self.prompt_tokens * self.bytes_per_number * widths

    @property
    def vision_activation_bytes(self) -> int:
        """The peak in the vision tower, while rotating queries and keys, which happens in fp32.

        patches × (17 or 19 × width × bytes per number + rotary cosines and sines and pixels in fp32); four
        patches make a token. Qwen3-VL keeps what some of its layers saw, as wide as the tower's output.
        """
        vision = self.config["vision_config"]
        patches = self.visual_tokens * vision["spatial_merge_size"] ** 2
        pixels = vision["in_channels"] * vision["temporal_patch_size"] * vision["patch_size"] ** 2
        rotary = 2 * vision["width"] // vision["num_heads"]
        numbers = patches * VISION_WIDTHS[self.config["model_type"]] * vision["width"]
        kept_layers = len(vision.get("deepstack_visual_indexes", ()))
        numbers += kept_layers * self.visual_tokens * vision["output_width"]
        return numbers * self.bytes_per_number + patches * BYTES_PER_FP32 * (rotary + pixels)
