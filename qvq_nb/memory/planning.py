"""Will a model run on these GPUs, how, and how fast at best? Calculated before anything is downloaded."""

import re
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.files import GIB, NOT_WHAT_WAS_EXPECTED, read_json, read_safetensors_header
from qvq_nb.media import resize
from qvq_nb.memory.dtypes import number_format
from qvq_nb.memory.footprint import Footprint, weights_of
from qvq_nb.memory.gpus import GPU, free_memory_bytes, machine, parse_gpus
from qvq_nb.memory.network import Module, network_of
from qvq_nb.memory.placement import Placement, place
from qvq_nb.memory.speed import TensorParallel, tensor_parallel, tensor_parallel_sizes, tokens_per_second
from qvq_nb.models.checkpoint import INDEX_FILE, SINGLE_FILE
from qvq_nb.models.config import read_config
from qvq_nb.models.resolve import Model, resolve
from qvq_nb.tables import Table

MOST_NEW_TOKENS = 1_000_000  # more than any model's context
TEXT_TOKENS = 128  # system prompt, chat template and a question of a few sentences
TOKENS_AROUND_AN_IMAGE = 2
DEFAULT_IMAGES = ((1024, 768),)
IMAGE = "An image is (width, height) in pixels, such as (2480, 3508)"
BUDGET = "visual_tokens is (minimum, maximum) with 1 ≤ minimum ≤ maximum, such as (4, 1280)"
COLUMNS = {
    "Vision": "vision_bytes", "Embeddings": "embedding_bytes", "Decoder": "layer_bytes", "Cache": "kv_bytes",
    "Activations": "activation_bytes", "Free": "free_bytes",
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """What a plan is for, checked and looked up."""

    model: str
    dtype: str
    quantization: str | None
    gpus: tuple[GPU, ...]
    images: tuple[tuple[int, int], ...]
    new_tokens: int
    checkpoint_bytes: int | None
    budget: tuple[int, int] = field(repr=False)  # least and most visual tokens of an image; not in the JSON
    ram_bytes: int = field(repr=False)
    config: dict = field(repr=False)  # as `read_config` gives it
    network: Module = field(repr=False)


@dataclass(frozen=True, repr=False)
class Plan(Question):
    """Where everything would lie for one question, and whether that works. All sizes in bytes.

    `verdict`: "fits", "tight" (under 2 GiB to spare on a device), "offload" (layers in RAM, fetched for every
    token) or "no"; `advise` says what to do next. `activation_bytes` is the peak while the prompt is read.
    `tokens_per_second` is an upper bound, None where a bandwidth is not known or layers are not on GPUs.
    `max_memory` with device_map="auto" in `from_pretrained` gives `device_map`.
    """

    parameters: int
    weight_bytes: int
    kv_bytes_per_token: int
    visual_tokens: int
    prompt_tokens: int
    kv_bytes: int
    activation_bytes: int
    placement: tuple[Placement, ...]
    verdict: str
    max_new_tokens: int
    tokens_per_second: float | None
    tensor_parallel_sizes: tuple[int, ...]
    tensor_parallel: tuple[TensorParallel, ...]
    max_memory: dict
    device_map: dict

    @property
    def number_format(self) -> str:
        """The format of the layers' weights as people call it, such as "nf4" or "bf16"."""
        return self.quantization or self.dtype

    def table(self) -> Table:
        """One row per device."""
        rows = []
        for one in self.placement:
            sizes = [getattr(one, part) for part in COLUMNS.values()]
            texts = [None if size is None else f"{size / GIB:.1f}" for size in sizes]
            rows.append((one.name, one.layers, *texts))
        return Table(("On", "Layers", *COLUMNS), rows, title="GiB on each device")

    def summary(self, advice=None) -> str:
        """The plan but for its table, in a few lines; with what `advise` says of it."""
        images = ", ".join(f"{width}×{height}" for width, height in self.images) or "no image"
        weights = f"{self.weight_bytes:,} bytes ({self.weight_bytes / GIB:.2f} GiB)"
        tokens = f"prompt {self.prompt_tokens:,} and up to {self.new_tokens:,} new tokens"
        lines = [
            f"{self.model} in {self.number_format}: {self.parameters:,} parameters, {weights}",
            f"{images}: {self.visual_tokens:,} visual tokens; {tokens}",
            f"KV cache {self.kv_bytes_per_token:,} bytes per token, {self.kv_bytes / GIB:.2f} GiB in all",
            f"Verdict: {self.verdict}"
            + (f". {advice}\nVerdicts: {advice.verdicts_in_words}" if advice else ""),
        ]
        if self.tokens_per_second:
            by_turns = "one GPU after the other (weights and cache read once per token)"
            lines.append(f"At most {self.tokens_per_second:.1f} tokens per second, {by_turns}")
        return "\n".join([*lines, *map(str, self.tensor_parallel)])

    def __str__(self) -> str:
        return f"{self.table()}\n{self.summary()}"

    __repr__ = __str__

    def to_dict(self) -> dict:
        """Plain values for JSON."""
        shown = {one.name: getattr(self, one.name) for one in fields(self) if one.repr}
        for name in ("gpus", "placement", "tensor_parallel"):
            shown[name] = [asdict(one) for one in shown[name]]
        return shown


def plan(
    model,
    gpus=None,
    *,
    images=DEFAULT_IMAGES,
    new_tokens=None,
    dtype="bf16",
    quantization=None,
    visual_tokens=None,
    ram_bytes=None,
) -> Plan:
    """Where a model would lie on these GPUs while it answers one question, and whether that works.

    model: whatever `resolve` takes, of the families Qwen2-VL, Qwen2.5-VL and Qwen3-VL.
    gpus: a text such as "4x48" (see `parse_gpus`), GPUs, () for none, or None for this machine's own.
    images: (width, height) in pixels of each; visual_tokens: (minimum, maximum) for each, else the profile's.
    new_tokens: the length of the answer, thinking included, else the profile's.
    dtype: bf16, fp16 or fp32. quantization: int8, nf4, or fp8, which servers load and `qvq_nb.load` does not.
    ram_bytes: what offloaded layers may take, else 90 % of what is free here, or nothing beside planned GPUs.
    """
    numbers = number_format(dtype, quantization)
    named = resolve(model)
    config = _config(named)
    here = machine() if gpus is None else None
    ram = here.ram_bytes if here else 0 if gpus else free_memory_bytes()
    gpus = here.gpus if here else parse_gpus(gpus) if isinstance(gpus, str) else gpus
    if not isinstance(gpus, (tuple, list)) or not all(isinstance(gpu, GPU) for gpu in gpus):
        raise QvqError(f'GPUs are a text such as "4x48", or a list of GPU(…); {gpus!r} is neither.')
    new_tokens = named.profile.max_new_tokens if new_tokens is None else new_tokens
    if type(new_tokens) is not int or not 1 <= new_tokens <= MOST_NEW_TOKENS:
        raise QvqError(f"The number of new tokens is a whole number above zero, at most {MOST_NEW_TOKENS:,}.")
    return _answered(
        model=named.name,
        dtype=numbers.dtype,
        quantization=numbers.quantization,
        gpus=tuple(gpus),
        images=tuple(_pair(image, IMAGE) for image in images),
        new_tokens=new_tokens,
        checkpoint_bytes=(named.folder and _checkpoint_bytes(named.folder)) or named.profile.bytes,
        budget=_pair(visual_tokens or named.profile.visual_tokens, BUDGET, least_first=True),
        ram_bytes=ram if ram_bytes is None else ram_bytes,
        config=config,
        network=network_of(config),
    )


def replanned(plan: Plan, **changes) -> Plan:
    """The plan for the same question but for these of its fields (see `Question`)."""
    return _answered(**{one.name: getattr(plan, one.name) for one in fields(Question)} | changes)


def _answered(**asked) -> Plan:
    question = Question(**asked)
    config, gpus, vision = question.config, question.gpus, question.config["vision_config"]
    token_side = vision["patch_size"] * vision["spatial_merge_size"]
    seen = sum(resize.visual_tokens(*image, *question.budget, token_side) for image in question.images)
    prompt_tokens = seen + len(question.images) * TOKENS_AROUND_AN_IMAGE + TEXT_TOKENS
    weights = weights_of(question.network, number_format(question.dtype, question.quantization))
    footprint = Footprint(config, weights, seen, prompt_tokens, question.new_tokens)
    placing = place(footprint, gpus, question.ram_bytes)
    return Plan(
        **asked,
        parameters=question.network.numbers,
        weight_bytes=weights.in_all,
        kv_bytes_per_token=footprint.kv_bytes_per_token,
        visual_tokens=seen,
        prompt_tokens=prompt_tokens,
        kv_bytes=footprint.kv_bytes_per_token * footprint.tokens,
        activation_bytes=max(footprint.vision_activation_bytes, footprint.activation_bytes()),
        placement=placing.placement,
        verdict=placing.verdict,
        max_new_tokens=placing.longest_answer,
        tokens_per_second=tokens_per_second(footprint, gpus, placing.placement),
        tensor_parallel_sizes=tensor_parallel_sizes(config),
        tensor_parallel=tensor_parallel(footprint, gpus),
        max_memory=placing.max_memory,
        device_map=placing.device_map,
    )


def parse_size(text: str) -> tuple[int, int]:
    """(width, height) in pixels from a text such as "2480x3508"."""
    match = re.fullmatch(r"\s*(\d{1,6})\s*[x×]\s*(\d{1,6})\s*", text, re.ASCII | re.IGNORECASE)
    if not match:
        raise QvqError(f"{text!r} is no size of an image; write width x height in pixels, such as 2480x3508.")
    return int(match[1]), int(match[2])


def gib(number: float) -> int:
    """Bytes of so many GiB."""
    if not 0 <= number < 1_000_000:  # also refuses nan
        raise QvqError(f"{number} is no number of GiB; give one from 0 upwards.")
    return int(number * GIB)


def _config(named: Model) -> dict:
    """The configuration of a model that can be planned; QvqError naming what can be planned instead."""
    try:
        config = read_config(named.config())
    except QvqError as error:
        if named.name != "qvq-72b-awq":
            raise
        raise QvqError(f"{error} Or plan qvq-72b with quantization nf4, which is about as large.") from None
    quantized = config.get("quantization_config")
    if quantized:
        method = quantized.get("quant_method", "unknown") if isinstance(quantized, dict) else "unknown"
        raise QvqError(
            f"{named.name} has weights that are quantized already ({method}), which is not planned here; "
            "plan the unquantized model with quantization nf4 or int8 for about the same size."
        )
    return config


def _checkpoint_bytes(folder: Path) -> int | None:
    """Bytes of all tensors as the safetensors index of a folder, or its only file, has them; None without."""
    try:
        if (folder / INDEX_FILE).is_file():
            return int(read_json(folder / INDEX_FILE)["metadata"]["total_size"])
        return read_safetensors_header(folder / SINGLE_FILE).tensor_bytes
    except (OSError, QvqError, *NOT_WHAT_WAS_EXPECTED):
        return None


def _pair(given, what, least_first=False) -> tuple[int, int]:
    """Two whole numbers; QvqError saying `what` they should be."""
    pair = given if isinstance(given, (tuple, list)) else ()
    whole = len(pair) == 2 and all(type(number) is int for number in pair)
    if not whole or (least_first and not 1 <= pair[0] <= pair[1]):
        raise QvqError(f"{what}; {given!r} is not.")
    return tuple(pair)
