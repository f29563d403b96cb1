"""Number formats: `dtype` is that of numbers in storage, `quantization` packs the layers' weights tighter."""

import math
from dataclasses import dataclass

from qvq_nb.errors import QvqError

TORCH_NAMES = {"bf16": "bfloat16", "fp16": "float16", "fp32": "float32"}
DTYPE_OF = {name: dtype for dtype, long_name in TORCH_NAMES.items() for name in (dtype, long_name)}
BYTES_PER_NUMBER = {"bf16": 2, "fp16": 2, "fp32": 4}
# As transformers counts them when it places layers: without the scales, which take memory besides.
BYTES_PER_QUANTIZED_WEIGHT = {"int8": 1, "fp8": 1, "nf4": 0.5}
WEIGHTS_PER_SCALE = {"nf4": 64}  # the others have one scale per row
BYTES_PER_SCALE = 4


@dataclass(frozen=True)
class NumberFormat:
    """`dtype` of all numbers but the linear weights of the decoder layers, if these have a `quantization`."""

    dtype: str
    quantization: str | None
    bytes_per_number: int
    bytes_per_layer_weight: float

    @property
    def name(self) -> str:
        """What people call it: that of the layers' weights, such as "nf4"."""
        return self.quantization or self.dtype

    @property
    def cheaper(self) -> tuple["NumberFormat", ...]:
        """The formats to load whose layers take fewer bytes, the finest first."""
        return tuple(one for one in LOADED if one.bytes_per_layer_weight < self.bytes_per_layer_weight)

    def counted(self, part: str, shape: tuple[int, ...]) -> float:
        """Bytes of a parameter of that part of the network as transformers counts them for its device map."""
        each = self.bytes_per_layer_weight if self._applies_to(part, shape) else self.bytes_per_number
        return math.prod(shape) * each

    def stored(self, part: str, shape: tuple[int, ...]) -> int:
        """Bytes of a parameter of that part of the network in memory, its scales included."""
        scales = 0
        if self._applies_to(part, shape):
            block = WEIGHTS_PER_SCALE.get(self.quantization)
            scales = math.ceil(math.prod(shape) / block) if block else shape[0]
        return math.ceil(self.counted(part, shape)) + BYTES_PER_SCALE * scales

    def _applies_to(self, part, shape) -> bool:
        return self.quantization is not None and len(shape) == 2 and ".layers." in part


def number_format(dtype: str = "bf16", quantization: str | None = None) -> NumberFormat:
    """The format of that dtype and quantization; QvqError for what is neither."""
    dtype, quantization = dtype_name(dtype), quantization_name(quantization)
    each = BYTES_PER_NUMBER[dtype]
    return NumberFormat(dtype, quantization, each, BYTES_PER_QUANTIZED_WEIGHT.get(quantization, each))


def dtype_name(written: str) -> str:
    """ "bf16", "fp16" or "fp32", also for torch's long names; QvqError for anything else."""
    if str(written) in DTYPE_OF:
        return DTYPE_OF[str(written)]
    if str(written) in BYTES_PER_QUANTIZED_WEIGHT:
        raise QvqError(f"{written} is a quantization, not a dtype: {_in_both_ways('quantization', written)}.")
    raise QvqError(f"There is no dtype {written!r} here; choose one of {', '.join(TORCH_NAMES)}.")


def torch_dtype_name(written: str) -> str:
    """What torch calls a dtype, such as "bfloat16"; "auto", the checkpoint's own, stays as it is."""
    return written if written == "auto" else TORCH_NAMES[dtype_name(written)]


def quantization_name(written: str | None) -> str | None:
    """ "int8", "fp8", "nf4", or None for none; QvqError for anything else."""
    if written is None or str(written) in BYTES_PER_QUANTIZED_WEIGHT:
        return written
    if str(written) in DTYPE_OF:
        raise QvqError(f"{written} is a dtype, not a quantization: {_in_both_ways('dtype', written)}.")
    choices = ", ".join(BYTES_PER_QUANTIZED_WEIGHT)
    raise QvqError(f"There is no quantization {written!r} here; choose one of {choices}, or leave it out.")


def instead_of_precision(written: str) -> QvqError:
    """The error for the old word: which of the two new ones says the same."""
    word = "quantization" if written in BYTES_PER_QUANTIZED_WEIGHT else "dtype"
    return QvqError(f"What was called precision is two words now: {_in_both_ways(word, written)}.")


def _in_both_ways(word, written) -> str:
    return f"write {word}={written!r}, or --{word} {written} in a command"


LOADED = (number_format(), number_format(quantization="int8"), number_format(quantization="nf4"))
FOR_SERVERS = number_format(quantization="fp8")  # loaded by servers such as vLLM, not by `qvq_nb.load`
