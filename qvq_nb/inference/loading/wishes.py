"""What a caller of `load` asks for, checked before anything is loaded; memory limits as people write them."""

import re
from dataclasses import dataclass

from qvq_nb.errors import QvqError
from qvq_nb.memory.dtypes import LOADED, dtype_name, quantization_name, torch_dtype_name

AS_STORED = "auto"
QUANTIZATIONS = tuple(one.quantization for one in LOADED if one.quantization)
PARALLEL = ("pipeline", "tensor")
IMAGE_SIZE = (1024, 768)


@dataclass
class Wishes:
    """What a caller of `load` asked for; None leaves the choice to the plan. QvqError for nonsense.

    `dtype` is "bf16", "fp16", "fp32" or "auto", which is as stored; `quantization` is "int8" or "nf4".
    Room is left for answers of `max_new_tokens` about a picture of `image_size` (width, height).
    """

    device: str | None = None
    dtype: str | None = None
    quantization: str | None = None
    offload: bool = False
    max_memory: dict | str | None = None
    parallel: str | None = "pipeline"
    max_new_tokens: int = 2048
    image_size: tuple[int, int] | None = IMAGE_SIZE

    def __post_init__(self):
        self.quantization = quantization_name(self.quantization)
        if self.quantization not in (None, *QUANTIZATIONS):
            raise QvqError(
                f"{self.quantization} is planned here, not loaded: servers such as vLLM load it. "
                "quantization='int8' takes as many bytes."
            )
        if self.dtype not in (None, AS_STORED):
            self.dtype = dtype_name(self.dtype)
        if self.quantization and self.dtype not in (None, "bf16"):
            raise QvqError(
                f"{self.quantization} has bf16 beside it, in the vision tower and the output layer; "
                f"give quantization={self.quantization!r} or dtype={self.dtype!r}, not both."
            )
        if self.parallel not in (None, *PARALLEL):
            raise QvqError(
                f"There is no parallel {self.parallel!r} here; choose one of {', '.join(PARALLEL)}."
            )
        if self.device and (self.max_memory or self.offload or self.parallel == "tensor"):
            raise QvqError(
                "device puts the whole model in one place; "
                "leave it out to have the model spread by max_memory, offload or parallel."
            )
        if self.max_memory is not None:
            self.max_memory = memory_limits(self.max_memory)
        self.image_size = self.image_size or IMAGE_SIZE

    def torch_dtype(self, otherwise: str) -> str:
        """The dtype as `from_pretrained` takes it; `otherwise` where none was asked for."""
        return torch_dtype_name(self.dtype or otherwise)


def memory_limits(limits) -> dict:
    """{0: bytes, "cpu": bytes} from {0: "70GiB", "cpu": "8GiB"} or from a text such as "0=70GiB,cpu=8GiB"."""
    if isinstance(limits, str):
        pairs = [[side.strip() for side in part.split("=", 1)] for part in limits.split(",")]
        if not all(len(pair) == 2 for pair in pairs):
            raise QvqError(f"{limits!r} is no list of memory limits such as 0=70GiB,cpu=8GiB.")
        limits = {int(device) if device.isdecimal() else device: size for device, size in pairs}
    if not isinstance(limits, dict) or not limits:
        raise QvqError(
            "max_memory says how much each device may hold, such as {0: '70GiB', 'cpu': '8GiB'}; "
            f"{limits!r} does not."
        )
    for device in limits:
        if device != "cpu" and (type(device) is not int or device < 0):
            raise QvqError(
                f"{device!r} is no device for max_memory; "
                "GPUs are 0, 1 …, and the memory of the machine is 'cpu'."
            )
    return {device: _bytes(size) for device, size in limits.items()}


def _bytes(size) -> int:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:([KMGT])(I?)B|B?)", str(size).strip().upper(), re.ASCII)
    if isinstance(size, bool) or not found:
        raise QvqError(f"{size!r} is no size of memory; write it like 70GiB, 80GB or a number of bytes.")
    thousand = 1024 if found[3] else 1000
    return int(float(found[1]) * thousand ** " KMGT".index(found[2] or " "))
