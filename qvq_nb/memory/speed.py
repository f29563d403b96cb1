"""How fast at best: every token reads all weights and the cache once, at the bandwidth of the memory."""

from dataclasses import dataclass

from qvq_nb.files import GIB
from qvq_nb.memory.footprint import Footprint
from qvq_nb.memory.gpus import GPU
from qvq_nb.memory.network import VISION
from qvq_nb.memory.placement import Placement, verdict_for


@dataclass(frozen=True)
class TensorParallel:
    """Every layer cut into `ranks` slices, one per GPU; vision whole on each. Bytes on the smallest GPU.

    `tokens_per_second` is an upper bound from the memory bandwidth, None where that is not known.
    """

    ranks: int
    weight_bytes: int
    kv_bytes: int
    activation_bytes: int
    free_bytes: int
    verdict: str
    tokens_per_second: float | None

    def __str__(self) -> str:
        shown = self.tokens_per_second and self.verdict != "no"
        speed = f", at most {self.tokens_per_second:.1f} tokens per second" if shown else ""
        weights = f"{self.weight_bytes / GIB:.1f} GiB of weights per GPU"
        return f"Tensor parallel on {self.ranks}: {weights}, {self.verdict}{speed}"


def tokens_per_second(
    footprint: Footprint, gpus: tuple[GPU, ...], placement: tuple[Placement, ...]
) -> float | None:
    """An upper bound: GPU after GPU reads its layers and the prompt's cache, the last one the output layer.

    None where a bandwidth is not known or layers are not on GPUs.
    """
    used = [place for place in placement if place.weight_bytes]
    if not gpus or any(place.device in ("cpu", "disk") for place in used):
        return None
    bandwidths = [gpus[place.device].bandwidth_bytes_per_second for place in used]
    if not all(bandwidths):
        return None
    seconds = 0.0
    for place, bandwidth in zip(used, bandwidths):
        cache = place.kv_bytes * footprint.prompt_tokens // footprint.tokens
        seconds += (place.layer_bytes + cache) / bandwidth
    return 1 / (seconds + footprint.weights.of_output / bandwidths[-1])


def tensor_parallel_sizes(config: dict) -> tuple[int, ...]:
    """Numbers of GPUs that can evenly share all heads, the feed-forward part and the vocabulary."""
    shared = ("num_key_value_heads", "num_attention_heads", "intermediate_size", "vocab_size")
    most = config["num_key_value_heads"]
    return tuple(ranks for ranks in range(1, most + 1) if not any(config[name] % ranks for name in shared))


def tensor_parallel(footprint: Footprint, gpus: tuple[GPU, ...]) -> tuple[TensorParallel, ...]:
    """The shares for every possible number of ranks from 2 to the number of GPUs; none for quantized weights.

    As the tensor-parallel plan of transformers has it: the linear weights of the layers, embeddings and
    output layer are cut; norms, biases that follow a summed product, and the vision tower stay whole.
    """
    if footprint.weights.number_format.quantization:
        return ()
    weights, cache_per_token = footprint.weights, footprint.kv_bytes_per_token
    read = weights.of_layers + weights.of_output + cache_per_token * footprint.prompt_tokens
    found = []
    for ranks in tensor_parallel_sizes(footprint.config):
        if not 2 <= ranks <= len(gpus):
            continue
        share = sum(
            size if name.startswith(VISION) or "norm" in name else size // ranks
            for name, size in weights.stored.items()
        )
        cache = cache_per_token * footprint.tokens // ranks
        activations = max(footprint.activation_bytes(ranks), footprint.vision_activation_bytes)
        free = min(gpu.usable_bytes for gpu in gpus[:ranks]) - share - cache - activations
        bandwidths = [gpu.bandwidth_bytes_per_second for gpu in gpus[:ranks]]
        speed = min(bandwidths) * ranks / read if all(bandwidths) else None
        found.append(TensorParallel(ranks, share, cache, activations, free, verdict_for(free), speed))
    return tuple(found)
