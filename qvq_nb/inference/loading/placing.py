"""Where a model goes: in which number format, and which part on which device, by the wishes and the plan."""

import math
from collections import Counter
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.files import GIB, read_json
from qvq_nb.inference.loading.quantizing import quantization_config, scales
from qvq_nb.inference.loading.wishes import AS_STORED, QUANTIZATIONS, Wishes
from qvq_nb.memory.advice import advise
from qvq_nb.memory.gpus import GPU, USABLE_SHARE, free_memory_bytes, known_gpu
from qvq_nb.memory.planning import Plan, plan
from qvq_nb.models.checkpoint import weight_bytes

NOTHING_BYTES = 2**20  # less than any layer: the whole model stays in its files


@dataclass(frozen=True)
class Choice:
    """How a model is to be loaded: the options of `from_pretrained`, its quantization, the plan if any."""

    options: dict
    quantization: str | None = None
    plan: Plan | None = None


def choose(folder: Path, wishes: Wishes) -> Choice:
    """As wished; where wishes leave a choice, the best number format that fits. QvqError where none does."""
    import torch

    if read_json(folder / "config.json").get("quantization_config"):
        return _as_stored(folder, wishes)
    if wishes.device:
        usual = "bf16" if wishes.quantization else "fp32" if wishes.device == "cpu" else AS_STORED
        options = {"dtype": wishes.torch_dtype(usual), "device_map": {"": wishes.device}}
        return _quantized(options, wishes.quantization)
    has_gpus = torch.cuda.is_available()
    if has_gpus or wishes.max_memory or wishes.offload or wishes.quantization:
        return _by_plan(folder, wishes, has_gpus)
    growth = 2 if wishes.dtype in (None, "fp32") else 1  # the files have two bytes per number
    if weight_bytes(folder) * growth > free_memory_bytes():
        return _by_plan(folder, wishes, has_gpus)
    return Choice({"dtype": wishes.torch_dtype("fp32")})


def _as_stored(folder, wishes) -> Choice:
    """Weights that were quantized by whoever published them, such as AWQ, are taken as they are."""
    if wishes.quantization:
        raise QvqError(f"The weights in {folder} are quantized already; load them without quantization.")
    device_map = {"": wishes.device} if wishes.device else "auto"
    options = {"dtype": wishes.torch_dtype(AS_STORED), "device_map": device_map}
    if wishes.max_memory:
        options["max_memory"] = wishes.max_memory
    return Choice(options, "as stored")


def _by_plan(folder, wishes, has_gpus) -> Choice:
    if wishes.max_memory and "cpu" not in wishes.max_memory:
        rest = free_memory_bytes() if wishes.offload else 0
        wishes = replace(wishes, max_memory={**wishes.max_memory, "cpu": rest})
    if wishes.dtype or wishes.quantization or not find_spec("bitsandbytes"):
        choices = (wishes.quantization,)
    else:
        choices = (None, *QUANTIZATIONS)
    plans = [_planned(folder, wishes, quantization, has_gpus) for quantization in choices]
    chosen = next((chosen for chosen in plans if chosen.verdict in ("fits", "tight")), None)
    if chosen is None:
        chosen = plans[0]
        _check_offload(folder, wishes, chosen)
        if not has_gpus and wishes.max_memory is None:
            # Mapped files are cached by the system; what is held in memory besides takes that room.
            wishes = replace(wishes, max_memory={"cpu": NOTHING_BYTES})
            chosen = _planned(folder, wishes, chosen.quantization, has_gpus)
    limits = wishes.max_memory or chosen.max_memory
    options = {"dtype": wishes.torch_dtype("bf16"), "device_map": "auto", "max_memory": limits}
    return _quantized(options, chosen.quantization, chosen)


def _quantized(options, quantization, plan=None) -> Choice:
    if quantization:
        options["quantization_config"] = quantization_config(quantization)
    return Choice(options, quantization, plan)


def _planned(folder, wishes, quantization, has_gpus):
    gpus = gpus_of_torch() if has_gpus else ()
    ram_bytes = free_memory_bytes() if wishes.offload or not gpus else 0
    if wishes.max_memory:
        offered = {number: size for number, size in wishes.max_memory.items() if number != "cpu"}
        if absent := sorted(set(offered) - set(range(len(gpus)))):
            raise QvqError(f"max_memory names GPU {absent[0]}, and this machine has {len(gpus) or 'none'}.")
        gpus = tuple(
            replace(gpu, memory_bytes=math.ceil(offered.get(number, 0) / USABLE_SHARE))
            for number, gpu in enumerate(gpus[: max(offered, default=-1) + 1])
        )
        ram_bytes = wishes.max_memory["cpu"]
    return plan(
        folder,
        gpus,
        images=(wishes.image_size,),
        new_tokens=wishes.max_new_tokens,
        dtype="bf16" if wishes.dtype in (None, AS_STORED) else wishes.dtype,
        quantization=quantization,
        ram_bytes=ram_bytes,
    )


def _check_offload(folder, wishes, plan) -> None:
    """QvqError unless a part of a model that does not fit may stay in the files, and can."""
    if wishes.offload and not plan.quantization:
        return
    what_fits = advise(plan).what_fits
    if not wishes.offload:
        size = f"{plan.weight_bytes / GIB:.1f} GiB"
        said = f"{folder.name} does not fit here in {plan.number_format}: its weights take {size}."
        slow = "load(…, offload=True) leaves in the files what does not fit, and is slow."
        raise QvqError(" ".join(filter(None, (said, what_fits, slow))))
    said = f"{plan.quantization} weights must all be in memory, and they do not fit;"
    raise QvqError(f"{said} offload=True works with dtype='bf16'. {what_fits}".strip())


def gpus_of_torch() -> tuple[GPU, ...]:
    """The GPUs in the order in which torch counts them, with their free memory."""
    import torch

    names = map(torch.cuda.get_device_name, range(torch.cuda.device_count()))
    return tuple(
        replace(known_gpu(name) or GPU(name, 0), name=name, memory_bytes=torch.cuda.mem_get_info(number)[0])
        for number, name in enumerate(names)
    )


# -- what lies where ---------------------------------------------------------------------------------------


def device_name(device) -> str:
    """ "cuda:0", "cpu" or "disk" for whatever a device map calls it."""
    return f"cuda:{device}" if isinstance(device, int) else str(device)


def input_device(device_map) -> str:
    """Where inputs belong: a model's first GPU, on which offloaded layers are computed too, else the CPU."""
    names = map(device_name, device_map.values())
    return next((name for name in names if name not in ("cpu", "disk")), "cpu")


def weight_bytes_by_device(model, device_map) -> dict[str, int]:
    """Device → bytes of the weights that lie there; "disk" are those left in the files."""
    total = Counter()
    for name, parameter in model.named_parameters():
        pieces = name.split(".")
        holders = (".".join(pieces[:count]) for count in range(len(pieces), -1, -1))  # the last is ""
        device = next((device_map[holder] for holder in holders if holder in device_map), parameter.device)
        total[device_name(device)] += sum(tensor.nbytes for tensor in (parameter, *scales(parameter)))
    return dict(total)
