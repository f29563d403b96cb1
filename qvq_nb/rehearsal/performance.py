"""A full-size dress rehearsal without weights: does QVQ-72B load here, with how much memory, and how fast does it write?

A stand-in checkpoint has the model's real tensor names, shapes, number format and shards, but its data is a hole in a
sparse file: 137 GiB that take less than one MiB on the disk and read as zeros. Loading, placing, offloading, quantizing and
generating do not depend on the values, so what is measured with it holds for the real weights. The text does depend on
them: it means nothing, and is never shown.
"""

import contextlib
import json
import math
import mmap
import struct
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.inference.local import loading
from qvq_nb.media.resize import PATCH_SIDE_PIXELS, resized, visual_tokens
from qvq_nb.memory.network import BYTES_PER_BF16, network_of
from qvq_nb.models.checkpoint import INDEX_FILE, MODEL_TYPE, STAND_IN_KEY, read_json
from qvq_nb.models.config import read_config
from qvq_nb.models.resolve import resolve

LARGEST_SHARD_BYTES = 4_000_000_000  # as published
PROBE_BYTES = 16 * 2**20
GIB = 2**30
SECONDS_BETWEEN_LOOKS = 0.05
SECONDS_WORTH_TELLING = 5
RANDOM_DEVIATION = 0.02
TEXT_TOKENS = 8  # of the rehearsed prompt, besides those of the image
VALUES = ("zeros", "random")


@dataclass(frozen=True)
class StandIn:
    """A stand-in checkpoint: `apparent_bytes` as a loader sees it, `disk_bytes` as it lies on the disk."""

    folder: Path
    config: dict
    layers: int
    all_layers: int
    parameters: int
    shards: int
    apparent_bytes: int
    disk_bytes: int


@dataclass(frozen=True)
class Rehearsal:
    """What a rehearsal measured, next to what the plan says.

    `device_map` is module name → device, `weight_bytes` device → bytes of weights that lie there ("disk": left in the files).
    `peak_bytes` is device → the most that was in use. On a GPU that is what torch had allocated; on "cpu" how far the process
    grew. `own_peak_bytes` is that growth without the pages of mapped files (weights on the CPU are such pages; the kernel takes
    them back when it needs room), the same where the system does not tell them apart. `resident_peak_bytes` is the whole process.
    `first_token_seconds` covers image and prompt; `tokens_per_second` is that of the tokens after the first, None for one token.
    `predicted_…` are the plan's figures: bytes per device, and an upper bound of the tokens per second, None where it has none.
    """

    model: str
    precision: str
    values: str
    layers: int
    all_layers: int
    parameters: int
    shards: int
    apparent_bytes: int
    disk_bytes: int
    device_map: dict
    weight_bytes: dict
    load_seconds: float
    first_token_seconds: float
    tokens_per_second: float | None
    prompt_tokens: int
    visual_tokens: int
    new_tokens: int
    peak_bytes: dict
    own_peak_bytes: int
    resident_peak_bytes: int
    predicted_weight_bytes: dict
    predicted_bytes: dict
    predicted_tokens_per_second: float | None

    def to_dict(self) -> dict:
        """Everything as plain values, ready for JSON."""
        return asdict(self)

    def rows(self) -> list[tuple[str, str, str]]:
        """(what, measured, plan) for a table; "" where the plan says nothing."""
        rows = [
            ("layers", f"{self.layers} of {self.all_layers}", ""),
            ("parameters", f"{self.parameters:,}", ""),
            ("stand-in, GiB", f"{self.apparent_bytes / GIB:.2f}", ""),
            ("stand-in on the disk, MiB", f"{self.disk_bytes / 2**20:.2f}", ""),
            ("seconds to load", f"{self.load_seconds:.1f}", ""),
            ("seconds to first token", f"{self.first_token_seconds:.1f}", ""),
            (
                "tokens per second",
                _figure(self.tokens_per_second),
                self.predicted_tokens_per_second
                and f"at most {_figure(self.predicted_tokens_per_second)}"
                or "",
            ),
        ]
        for device in sorted(
            {*self.weight_bytes, *(device for device, size in self.predicted_weight_bytes.items() if size)}
        ):
            rows.append(
                (
                    f"weights on {device}, GiB",
                    *(_gib(where.get(device)) for where in (self.weight_bytes, self.predicted_weight_bytes)),
                )
            )
        for device, size in self.peak_bytes.items():
            rows.append((f"peak on {device}, GiB", _gib(size), _gib(self.predicted_bytes.get(device))))
        rows.append(("… without pages of files, GiB", _gib(self.own_peak_bytes), ""))
        rows.append(("peak of the whole process, GiB", _gib(self.resident_peak_bytes), ""))
        return rows

    def __str__(self) -> str:
        rows = [("", "measured", "plan"), *self.rows()]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        return "\n".join(
            f"{what:<{widths[0]}}  {measured:>{widths[1]}}  {plan:>{widths[2]}}".rstrip()
            for what, measured, plan in rows
        )

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><td>{what}</td><td>{measured}</td><td>{plan}</td></tr>"
            for what, measured, plan in self.rows()
        )
        return f"<table><tr><th></th><th>measured</th><th>plan</th></tr>{cells}</table>"


def rehearse(
    model="qvq-72b",
    *,
    layers=None,
    dtype="bf16",
    max_memory=None,
    new_tokens=2,
    image=(56, 56),
    values="zeros",
    folder=None,
    progress=None,
) -> Rehearsal:
    """Writes a stand-in for `model`, loads it, generates, measures, and deletes everything, also after an error or Ctrl-C.

    `model`: a profile name, a folder with a config.json (weights are not needed), or a config as a dict.
    `layers`: a number of decoder layers to cut the model down to; None is all of them.
    `dtype`: "bf16", "int8" or "nf4"; the last two need bitsandbytes.
    `max_memory`: {0: "70GiB", "cpu": "8GiB"}; what fits nowhere stays in the files. None is this machine's, by the plan.
    `image`: (width, height) in pixels of the picture that stands in the prompt.
    `values`: "zeros" are the holes as they are; "random" fills the loaded weights with random numbers, which must all be in memory.
    `folder`: where to put the stand-in; None takes the first that has holes of the system's temporary folder, the home folder and the working folder.
    `progress`: called with a sentence at each step.
    """
    if values not in VALUES:
        raise QvqError(f"There are no values {values!r}; choose zeros or random.")
    if not isinstance(new_tokens, int) or isinstance(new_tokens, bool) or new_tokens < 1:
        raise QvqError(f"new_tokens is a whole number from 1 upwards; {new_tokens!r} is not.")
    if (
        not isinstance(image, (tuple, list))
        or len(image) != 2
        or not all(type(side) is int for side in image)
    ):
        raise QvqError(f"image is (width, height) in pixels, such as (1920, 1080); {image!r} is not.")
    tell = progress or (lambda sentence: None)
    picture_tokens = visual_tokens(*image)
    wishes = loading.Wishes(
        precision=dtype,
        offload=True,
        max_memory=max_memory,
        max_new_tokens=new_tokens,
        image_size=tuple(image),
    )
    with stand_in(model, layers=layers, folder=folder) as made:
        tell(
            f"{made.shards} files of {made.apparent_bytes / 2**30:.1f} GiB are written; on the disk they take {made.disk_bytes / 2**10:.0f} KiB."
        )
        loading.import_transformers()  # which takes its time, but not that of loading
        with _watching_memory() as memory:
            started = time.perf_counter()
            loaded = loading.load_model(made.folder, wishes)
            load_seconds = time.perf_counter() - started
            tell(f"Loaded in {load_seconds:.1f} s; now {new_tokens} tokens are generated.")
            weight_bytes = loading.weight_bytes_by_device(loaded.model, loaded.device_map)
            try:
                if values == "random":
                    _fill_with_random_numbers(loaded.model)
                prompt_tokens, seconds = _generate_or_say_why_not(loaded, image, new_tokens, tell)
            finally:
                loaded.model = None
                loading.free_memory()
    following = seconds[1:]
    return Rehearsal(
        model=resolve(model).name,
        precision=loaded.precision,
        values=values,
        layers=made.layers,
        all_layers=made.all_layers,
        parameters=made.parameters,
        shards=made.shards,
        apparent_bytes=made.apparent_bytes,
        disk_bytes=made.disk_bytes,
        device_map={module: loading.device_name(device) for module, device in loaded.device_map.items()},
        weight_bytes=weight_bytes,
        load_seconds=load_seconds,
        first_token_seconds=seconds[0],
        tokens_per_second=len(following) / sum(following) if following else None,
        prompt_tokens=prompt_tokens,
        visual_tokens=picture_tokens,
        new_tokens=len(seconds),
        peak_bytes=memory.peak_bytes,
        own_peak_bytes=memory.own_peak_bytes,
        resident_peak_bytes=memory.resident_peak_bytes,
        predicted_weight_bytes={
            loading.device_name(place.device): place.weight_bytes for place in loaded.plan.placement
        },
        predicted_bytes={
            loading.device_name(place.device): place.weight_bytes + place.kv_bytes + place.activation_bytes
            for place in loaded.plan.placement
        },
        predicted_tokens_per_second=loaded.plan.tokens_per_second,
    )


def _gib(size) -> str:
    return "" if size is None else f"{size / GIB:.2f}"


def _figure(number) -> str:
    """Three digits that count: 0.0123, 1.23, 123."""
    return "" if number is None else f"{number:.3g}"


# -- the stand-in ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def stand_in(model="qvq-72b", *, layers=None, folder=None):
    """A StandIn for `model` that is deleted at the end of the `with` block, also after an error or Ctrl-C.

    It is made inside `folder`, or inside the first of the usual places whose file system has holes.
    """
    config = _config_of(model)
    places = [Path(folder).expanduser()] if folder else [Path(tempfile.gettempdir()), Path.home(), Path.cwd()]
    for number, parent in enumerate(places, start=1):
        try:
            _check_holes(parent)
            break
        except QvqError:
            if number == len(places):
                raise
    try:
        made = tempfile.TemporaryDirectory(prefix="qvq-rehearsal-", dir=parent, ignore_cleanup_errors=True)
    except OSError as error:
        raise QvqError(
            f"The stand-in cannot be written to {parent} ({error.strerror}); choose another folder."
        ) from None
    with made as inside:
        yield write_stand_in(config, Path(inside), layers)


def write_stand_in(config: dict, folder: Path, layers: int | None = None) -> StandIn:
    """Writes config, index and shards of a stand-in into an empty folder; QvqError where the file system has no holes.

    Tensors stand in the published order, greedily, in shards of at most 4,000,000,000 bytes, as save_pretrained makes them.
    `layers` cuts the model down to its first so many decoder layers.
    """
    folder = Path(folder)
    config, all_layers = _cut(config, layers)
    if folder.is_dir() and any(folder.iterdir()):
        raise QvqError(f"{folder} is not empty; a stand-in is only written into an empty folder.")
    _check_holes(folder if folder.is_dir() else folder.parent)
    shards = _shards(tensor_shapes(config))
    total = sum(_bytes(shape) for shard in shards for shape in shard.values())
    weight_map = {}
    try:
        folder.mkdir(exist_ok=True)
        for number, shard in enumerate(shards, start=1):
            file = folder / f"model-{number:05}-of-{len(shards):05}.safetensors"
            weight_map.update(dict.fromkeys(shard, file.name))
            _write_hole(file, shard)
        index = {"metadata": {"total_size": total}, "weight_map": weight_map}
        for name, content in ((INDEX_FILE, index), ("config.json", config)):
            (folder / name).write_text(json.dumps(content, indent=1), encoding="utf-8")
    except OSError as error:
        for file in [*folder.glob("model*"), *folder.glob("config.json")]:  # it was empty before
            file.unlink()
        raise QvqError(
            f"The stand-in could not be written to {folder} ({error.strerror}); choose another folder."
        ) from None
    files = list(folder.iterdir())
    return StandIn(
        folder=folder,
        config=config,
        layers=read_config(config)["num_hidden_layers"],
        all_layers=all_layers,
        parameters=total // BYTES_PER_BF16,
        shards=len(shards),
        apparent_bytes=sum(file.stat().st_size for file in files),
        disk_bytes=sum(_disk_bytes(file) for file in files),
    )


def tensor_shapes(config: dict) -> dict[str, tuple[int, ...]]:
    """Tensor name → shape of a Qwen2-VL checkpoint, in the published order and with the published (4.4x) names."""
    return {
        f"{module.name}.{part}".replace("model.visual.", "visual.", 1).replace(
            "model.language_model.", "model.", 1
        ): shape
        for module in network_of(config).walk()
        for part, shape in module.parameters.items()
    }


def _bytes(shape) -> int:
    return math.prod(shape) * BYTES_PER_BF16


def _shards(shapes) -> list[dict]:
    shards, filled = [{}], 0
    for name, shape in shapes.items():
        if shards[-1] and filled + _bytes(shape) > LARGEST_SHARD_BYTES:
            shards.append({})
            filled = 0
        shards[-1][name] = shape
        filled += _bytes(shape)
    return shards


def _write_hole(file: Path, shapes: dict) -> None:
    """A safetensors file with a header, and a hole where the data would be."""
    header, end = {"__metadata__": {"format": "pt", STAND_IN_KEY: "true"}}, 0
    for name, shape in shapes.items():
        start, end = end, end + _bytes(shape)
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the data begins at a multiple of 8 bytes
    with file.open("wb") as stream:
        stream.write(struct.pack("<Q", len(text)) + text)
        stream.truncate(8 + len(text) + end)


def _check_holes(folder: Path) -> None:
    """QvqError unless files in this folder can have holes that take no room, neither when written nor when read.

    Measured on a file of 16 MiB. On a file system in memory (tmpfs) the hole is free until a loader maps it and reads:
    then it fills the memory.
    """
    instead = "A stand-in would really fill it, so none is made; choose a folder on a disk (ext4, xfs, btrfs or APFS, say)."
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix="qvq-probe-") as probe:
            probe.truncate(PROBE_BYTES)
            with mmap.mmap(probe.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                sum(mapped[:: mmap.PAGESIZE])
            taken = _disk_bytes(Path(probe.name))
    except OSError as error:
        raise QvqError(
            f"The stand-in cannot be written to {folder} ({error.strerror}); choose another folder."
        ) from None
    if taken is None or taken > PROBE_BYTES // 2:
        raise QvqError(f"The file system of {folder} keeps no holes in files that are read. {instead}")


def _disk_bytes(file: Path) -> int | None:
    """What a file takes on its file system; None where that is not told (Windows)."""
    blocks = getattr(file.stat(), "st_blocks", None)
    return None if blocks is None else blocks * 512


def _config_of(model) -> dict:
    """The config.json of a model as it stands there; QvqError for one that is not rehearsed."""
    config = resolve(model).config()
    kind = config.get("model_type")
    if kind != MODEL_TYPE:
        raise QvqError(
            f"This is the configuration of a model of type {kind!r}; "
            f"rehearsed are Qwen2-VL models such as QVQ ({MODEL_TYPE!r})."
        )
    if config.get("quantization_config"):
        raise QvqError(
            "This model's weights are quantized already, which is not rehearsed; "
            "rehearse the unquantized one with nf4 for about the same size."
        )
    read_config(config)  # says what is wrong with it, if anything
    return config


def _cut(config: dict, layers) -> tuple[dict, int]:
    """(the config of the stand-in, the layers that the whole model has)."""
    all_layers = read_config(config)["num_hidden_layers"]
    if layers is not None and (
        isinstance(layers, bool) or not isinstance(layers, int) or not 1 <= layers <= all_layers
    ):
        raise QvqError(
            f"layers is a whole number from 1 to {all_layers}, as many as this model has; {layers!r} is not."
        )
    config = {**config, STAND_IN_KEY: True}
    if layers is not None:
        where = config = {**config, "num_hidden_layers": layers} if "text_config" not in config else config
        if "text_config" in config:
            where = config["text_config"] = {**config["text_config"], "num_hidden_layers": layers}
        if "layer_types" in where:
            where["layer_types"] = where["layer_types"][:layers]
    return config, all_layers


# -- the performance ---------------------------------------------------------------------------------------------------


def _generate_or_say_why_not(loaded, image, new_tokens, tell):
    problem = None
    try:
        return _generate(loaded.model, loading.input_device(loaded.device_map), image, new_tokens, tell)
    except (RuntimeError, MemoryError) as error:
        problem = loading.out_of_memory(error, loaded.plan)
        if problem is None:
            raise
    raise QvqError(problem)  # out here, where no frame of the model keeps its memory any more


def _generate(model, device, image, new_tokens, tell) -> tuple[int, list[float]]:
    """(tokens of the prompt, seconds for each new token). The prompt is one empty picture and a few tokens of text."""
    import torch
    from transformers import StoppingCriteriaList

    config = model.config
    columns, rows = (side // PATCH_SIDE_PIXELS for side in resized(*image))
    prompt = [
        config.vision_start_token_id,
        *[config.image_token_id] * (columns * rows // 4),
        config.vision_end_token_id,
    ]
    ids = torch.tensor([[*prompt, *range(TEXT_TOKENS)]], device=device)
    patch = config.vision_config.in_channels * config.vision_config.temporal_patch_size * PATCH_SIDE_PIXELS**2
    picture = torch.zeros(columns * rows, patch, device=device)
    seconds, last = [], time.perf_counter()

    def lap(*_, **__):
        nonlocal last
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        now = time.perf_counter()
        seconds.append(now - last)
        last = now
        if seconds[-1] >= SECONDS_WORTH_TELLING:
            tell(f"Token {len(seconds)} of {new_tokens} took {seconds[-1]:.1f} s.")
        return torch.zeros(1, dtype=torch.bool, device=ids.device)

    model.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        mm_token_type_ids=(ids == config.image_token_id).int(),
        pixel_values=picture,
        image_grid_thw=torch.tensor([[1, rows, columns]], device=device),
        min_new_tokens=new_tokens,
        max_new_tokens=new_tokens,
        do_sample=False,
        temperature=None,
        top_p=None,
        top_k=None,
        pad_token_id=0,
        suppress_tokens=[config.image_token_id, config.video_token_id],
        stopping_criteria=StoppingCriteriaList([lap]),
    )
    return ids.shape[1], seconds


def _fill_with_random_numbers(model) -> None:
    """Plausible numbers in place of the zeros, made where the weights lie: matrices small, norms one, biases zero."""
    import torch

    elsewhere = [name for name, parameter in model.named_parameters() if parameter.device.type == "meta"]
    if elsewhere:
        raise QvqError(
            f"Random values need all weights in memory, and {len(elsewhere)} tensors stayed in the files; "
            "take fewer layers, a smaller dtype, or values zeros."
        )
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if not parameter.is_floating_point():  # quantized: any byte is a number
                parameter.data.random_()
            elif parameter.ndim > 1:
                parameter.data.normal_(std=RANDOM_DEVIATION)
            else:
                parameter.data.fill_(0.0 if name.endswith("bias") else 1.0)
            for scale in loading.scales(parameter):
                scale.fill_(2 * RANDOM_DEVIATION)


class _Memory:
    """What a process and its GPUs had in use at most, in bytes; complete once the watching is over."""

    def __init__(self):
        self.peak_bytes, self.own_peak_bytes, self.resident_peak_bytes = {"cpu": 0}, 0, 0


@contextlib.contextmanager
def _watching_memory():
    """Looks at the process every few hundredths of a second; the GPUs keep account themselves."""
    import psutil
    import torch

    process, memory, over = psutil.Process(), _Memory(), threading.Event()
    gpus = range(torch.cuda.device_count() if torch.cuda.is_available() else 0)
    for gpu in gpus:
        torch.cuda.reset_peak_memory_stats(gpu)

    def resident_and_own():
        now = process.memory_info()
        return now.rss, now.rss - getattr(now, "shared", 0)  # `shared`: pages that belong to files, on Linux

    resident_before, own_before = resident_and_own()

    def look():
        while True:
            resident, own = resident_and_own()
            memory.resident_peak_bytes = max(memory.resident_peak_bytes, resident)
            memory.peak_bytes["cpu"] = max(memory.peak_bytes["cpu"], resident - resident_before)
            memory.own_peak_bytes = max(memory.own_peak_bytes, own - own_before)
            if over.wait(SECONDS_BETWEEN_LOOKS):
                return

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        over.set()
        thread.join()
        memory.peak_bytes |= {f"cuda:{gpu}": torch.cuda.max_memory_allocated(gpu) for gpu in gpus}
