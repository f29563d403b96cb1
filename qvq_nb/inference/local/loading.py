"""Loads a model: in which precision, which layer on which device, and what helps when it does not fit."""

import atexit
import contextlib
import gc
import math
import os
import re
from collections import Counter
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.memory.advice import advise
from qvq_nb.models import checkpoint
from qvq_nb.models.config import read_config

NUMBER_FORMATS = {"float32", "bfloat16", "float16", "auto"}
QUANTIZED = ("int8", "nf4")
PRECISIONS = ("bf16", *QUANTIZED)
PARALLEL = ("pipeline", "tensor")
RENDEZVOUS_VARIABLE = "QVQ_NB_RENDEZVOUS"
KEPT_IN_BF16 = (
    "model.visual",
    "lm_head",
)  # the names in memory: "visual" alone would match nothing, without a word
IMAGE_SIZE = (1024, 768)
MAX_NEW_TOKENS = 2048
UNITS = {
    "": 1,
    "B": 1,
    "KB": 1e3,
    "MB": 1e6,
    "GB": 1e9,
    "TB": 1e12,
    "KIB": 2**10,
    "MIB": 2**20,
    "GIB": 2**30,
    "TIB": 2**40,
}
BYTES_WORTH_A_PROGRESS_BAR = 1_000_000_000
PEER_COPY_NUMBERS = 2**22  # 16 MiB go from each GPU to each other
SHARE_OF_FREE_MEMORY = 0.9
GIB = 2**30
NOTHING_BYTES = 2**20  # less than any layer: the whole model stays in its files


@dataclass(frozen=True)
class Wishes:
    """What a caller of `load` asked for; None leaves the choice to the plan. QvqError where wishes make no sense."""

    device: str | None = None
    dtype: str | None = None
    precision: str | None = None
    offload: bool = False
    max_memory: dict | None = None
    parallel: str = "pipeline"
    max_new_tokens: int = MAX_NEW_TOKENS
    image_size: tuple[int, int] = IMAGE_SIZE

    def __post_init__(self):
        if "fp8" in (self.precision, self.dtype):
            raise QvqError(
                "fp8 is planned here, not loaded: servers such as vLLM load it. precision='int8' takes as many bytes."
            )
        for name, choices in (
            ("dtype", sorted(NUMBER_FORMATS)),
            ("precision", PRECISIONS),
            ("parallel", PARALLEL),
        ):
            if getattr(self, name) not in (None, *choices):
                raise QvqError(
                    f"There is no {name} {getattr(self, name)!r} here; choose one of {', '.join(choices)}."
                )
        if self.dtype and self.precision:
            raise QvqError("dtype and precision say the same thing in two ways; give one of them.")
        if self.device and (self.max_memory or self.offload or self.parallel == "tensor"):
            raise QvqError(
                "device puts the whole model in one place; leave it out to have the model spread by max_memory, offload or parallel."
            )
        if self.max_memory is not None:
            object.__setattr__(self, "max_memory", memory_limits(self.max_memory))


@dataclass
class Loaded:
    """A model in memory. `device_map` is module name → device; `plan` is what was expected, None where nothing was planned."""

    model: object
    precision: str
    device_map: dict
    plan: object = None

    def table(self) -> str:
        """One line per device: what lies there now, and how much the plan expects to stay free."""
        actual = weight_bytes_by_device(self.model, self.device_map)
        expected = {device_name(place.device): place for place in self.plan.placement} if self.plan else {}
        lines = [f"precision {self.precision} · attention {self.model.config._attn_implementation}"]
        for device, size in actual.items():
            layers = sum(
                1
                for name in self.device_map
                if re.search(r"\.layers\.\d+$", name) and device_name(self.device_map[name]) == device
            )
            place = expected.get(device)
            free = (
                f", {place.free_bytes / GIB:.1f} GiB free while answering"
                if place and (place.free_bytes or 0) > 0
                else ""
            )
            lines.append(
                f"{device:7} {_readable(size):>11} of weights{f', {layers} layers' if layers else ''}{free}"
            )
        if self.plan is not None and self.plan.tokens_per_second:
            lines.append(f"at most {self.plan.tokens_per_second:.1f} tokens per second")
        return "\n".join(lines)


def load_model(folder, wishes: Wishes = Wishes()) -> Loaded:
    """The model of a folder, where and how the wishes and the plan say. Nothing is fetched, only safetensors are read.

    Without wishes and without a GPU it is float32 in memory; a model that does not fit there needs `offload`.
    """
    folder = Path(folder)
    torch, model_class = import_transformers()
    if wishes.parallel == "tensor":
        options, precision, plan = _tensor_parallel(folder, wishes), "bf16", None
    else:
        options, precision, plan = _placement(folder, wishes)
    problem = None
    try:
        with _progress_bar_if_large(folder):
            model, loading = model_class.from_pretrained(
                folder,
                local_files_only=True,
                use_safetensors=True,
                attn_implementation=_attention(torch, options),
                output_loading_info=True,
                **options,
            )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, MemoryError) as error:
        raise_if_torchvision_trap(error)
        problem = out_of_memory(error, plan)
        if problem is None:
            raise QvqError(f"The model in {folder} could not be loaded: {first_line(error)}") from error
    if problem:  # raised out here, where no frame of the loader keeps half a model in memory any more
        free_memory()
        raise QvqError(problem)
    missing = sorted(loading["missing_keys"])
    if missing:  # transformers would go on with random numbers in their place
        raise QvqError(
            f"The weights in {folder} lack {len(missing)} of the model's tensors, first {missing[0]}; fetch the weights again."
        )
    if precision in QUANTIZED:
        check_untouched(model)
    model.eval()
    device_map = dict(getattr(model, "hf_device_map", None) or {"": next(model.parameters()).device})
    if len({device for device in device_map.values() if device not in ("cpu", "disk")}) > 1:
        check_peer_copies(torch.cuda.device_count(), _copy_between_gpus)
    return Loaded(model, precision, device_map, plan)


# -- where and how -----------------------------------------------------------------------------------------------------


def _placement(folder, wishes) -> tuple[dict, str, object]:
    """(options of from_pretrained, precision, plan)."""
    import torch

    if checkpoint.read_json(folder, "config.json", "").get(
        "quantization_config"
    ):  # such as AWQ: taken as it is
        if wishes.precision:
            raise QvqError(f"The weights in {folder} are quantized already; load them without precision.")
        limits = {"max_memory": wishes.max_memory} if wishes.max_memory else {}
        return (
            {
                "dtype": wishes.dtype or "auto",
                "device_map": {"": wishes.device} if wishes.device else "auto",
                **limits,
            },
            "as stored",
            None,
        )
    if wishes.device:
        dtype = wishes.dtype or (
            "bfloat16" if wishes.precision else "float32" if wishes.device == "cpu" else "auto"
        )
        quantized = (
            {"quantization_config": quantization(wishes.precision)} if wishes.precision in QUANTIZED else {}
        )
        return (
            {"dtype": dtype, "device_map": {"": wishes.device}, **quantized},
            wishes.precision or dtype,
            None,
        )
    has_gpus = torch.cuda.is_available()
    planned = wishes.max_memory or wishes.offload or wishes.precision or has_gpus
    if not planned and _fits_in_memory(folder, wishes.dtype):
        dtype = wishes.dtype or "float32"
        return {"dtype": dtype}, dtype, None
    if wishes.max_memory and "cpu" not in wishes.max_memory:
        wishes = replace(
            wishes, max_memory={**wishes.max_memory, "cpu": _free_memory() if wishes.offload else 0}
        )
    plans = {precision: _plan(folder, wishes, precision, has_gpus) for precision in _precisions(wishes)}
    precision = next((name for name, plan in plans.items() if plan.verdict in ("fits", "tight")), None)
    if precision is None:
        precision, plan = next(iter(plans.items()))
        if not wishes.offload:
            raise QvqError(_does_not_fit(folder, plan))
        if precision in QUANTIZED:
            raise QvqError(
                f"{precision} weights must all be in memory, and they do not fit; offload=True works with precision='bf16'. {advise(plan).what_fits}".strip()
            )
        if not has_gpus and wishes.max_memory is None:
            # What is mapped from the files lies in the system's file cache anyhow; held besides, it would take its room.
            wishes = replace(wishes, max_memory={"cpu": NOTHING_BYTES})
            plans[precision] = _plan(folder, wishes, precision, has_gpus)
    plan = plans[precision]
    dtype = wishes.dtype or "bfloat16"
    options = {"dtype": dtype, "device_map": "auto", "max_memory": wishes.max_memory or plan.max_memory}
    if precision in QUANTIZED:
        options["quantization_config"] = quantization(precision)
    return options, precision, plan


def _precisions(wishes):
    """The precisions to try, best first."""
    if wishes.dtype:
        return ("fp32" if wishes.dtype == "float32" else "bf16",)
    if wishes.precision:
        return (wishes.precision,)
    return PRECISIONS if find_spec("bitsandbytes") else ("bf16",)


def _plan(folder, wishes, precision, has_gpus):
    from qvq_nb.memory.gpus import USABLE_SHARE
    from qvq_nb.memory.planning import plan

    gpus = _gpus() if has_gpus else ()
    ram_bytes = _free_memory() if wishes.offload or not gpus else 0
    if wishes.max_memory:
        offered = {number: size for number, size in wishes.max_memory.items() if number != "cpu"}
        if absent := sorted(set(offered) - set(range(len(gpus)))):
            raise QvqError(f"max_memory names GPU {absent[0]}, and this machine has {len(gpus) or 'none'}.")
        shares = {
            number: offered.get(number, 0) / USABLE_SHARE for number in range(max(offered, default=-1) + 1)
        }
        gpus = tuple(replace(gpus[number], memory_bytes=math.ceil(share)) for number, share in shares.items())
        ram_bytes = wishes.max_memory["cpu"]
    return plan(
        folder,
        gpus,
        images=(wishes.image_size,),
        new_tokens=wishes.max_new_tokens,
        **{"quantization" if precision in QUANTIZED else "dtype": precision},
        ram_bytes=ram_bytes,
    )


def _gpus() -> tuple:
    """The GPUs in the order in which torch counts them, with their free memory."""
    import torch

    from qvq_nb.memory.gpus import GPU, machine_gpus

    bandwidths = {gpu.name: gpu.bandwidth_bytes_per_second for gpu in machine_gpus()}
    named = [
        (torch.cuda.get_device_name(number), torch.cuda.mem_get_info(number)[0])
        for number in range(torch.cuda.device_count())
    ]
    return tuple(GPU(name, free, bandwidths.get(name)) for name, free in named)


def _fits_in_memory(folder, dtype) -> bool:
    """Whether the whole model fits into this machine's free memory in that number format (float32 where None)."""
    stored = sum(file.stat().st_size for file in checkpoint.weight_files(folder))
    return stored * (1 if dtype in ("bfloat16", "float16", "auto") else 2) <= _free_memory()


def _free_memory() -> int:
    import psutil

    return int(SHARE_OF_FREE_MEMORY * psutil.virtual_memory().available)


def _does_not_fit(folder, plan) -> str:
    said = f"{folder.name} does not fit here in {plan.number_format}: its weights take {plan.weight_bytes / GIB:.1f} GiB."
    slow = "load(…, offload=True) leaves in the files what does not fit, and is slow."
    return " ".join(filter(None, (said, advise(plan).what_fits, slow)))


def memory_limits(limits) -> dict:
    """{0: bytes, "cpu": bytes} from a dict such as {0: "70GiB", "cpu": "8GiB"} or from text such as "0=70GiB,cpu=8GiB"."""
    if isinstance(limits, str):
        pairs = [part.split("=", 1) for part in limits.split(",")]
        if not all(len(pair) == 2 for pair in pairs):
            raise QvqError(f"{limits!r} is no list of memory limits such as 0=70GiB,cpu=8GiB.")
        limits = {
            int(device) if device.strip().isdecimal() else device.strip(): size for device, size in pairs
        }
    if not isinstance(limits, dict) or not limits:
        raise QvqError(
            f"max_memory says how much each device may hold, such as {{0: '70GiB', 'cpu': '8GiB'}}; {limits!r} does not."
        )
    for device in limits:
        if device != "cpu" and (isinstance(device, bool) or not isinstance(device, int) or device < 0):
            raise QvqError(
                f"{device!r} is no device for max_memory; GPUs are 0, 1 …, and the memory of the machine is 'cpu'."
            )
    return {device: _bytes(size) for device, size in limits.items()}


def _bytes(size) -> int:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Z]*)", str(size).strip().upper())
    if isinstance(size, bool) or not found or found[2] not in UNITS:
        raise QvqError(f"{size!r} is no size of memory; write it like 70GiB, 80GB or a number of bytes.")
    return int(float(found[1]) * UNITS[found[2]])


def _readable(size) -> str:
    """12.3 MiB, 34.56 GiB."""
    return f"{size / GIB:.2f} GiB" if size >= GIB else f"{size / 2**20:.1f} MiB"


def device_name(device) -> str:
    """ "cuda:0", "cpu" or "disk" for whatever a device map calls it."""
    return f"cuda:{device}" if isinstance(device, int) else str(device)


def input_device(device_map) -> str:
    """Where a model's inputs belong: its first GPU, on which offloaded layers are computed too, else the CPU."""
    names = [device_name(device) for device in device_map.values()]
    return next((name for name in names if name not in ("cpu", "disk")), "cpu")


def weight_bytes_by_device(model, device_map) -> dict[str, int]:
    """Device → bytes of the weights that lie there; "disk" are those left in the files."""
    total = Counter()
    for name, parameter in model.named_parameters():
        holders = [name.rsplit(".", cut)[0] if cut else name for cut in range(name.count(".") + 1)]
        device = next(
            (device_map[holder] for holder in [*holders, ""] if holder in device_map), parameter.device
        )
        total[device_name(device)] += sum(
            tensor.numel() * tensor.element_size() for tensor in (parameter, *scales(parameter))
        )
    return dict(total)


# -- precision ---------------------------------------------------------------------------------------------------------


def quantization(precision):
    """The configuration for int8 or nf4 by bitsandbytes, with the vision tower and the output layer left in bf16."""
    import torch
    from transformers import BitsAndBytesConfig

    if not find_spec("bitsandbytes"):
        raise QvqError(
            f"{precision} needs the package bitsandbytes; install it with: pip install bitsandbytes"
        )
    kept = {"llm_int8_skip_modules": list(KEPT_IN_BF16)}
    if precision == "int8":
        return BitsAndBytesConfig(load_in_8bit=True, **kept)
    return BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16, **kept
    )


def scales(parameter) -> list:
    """The scales that bitsandbytes keeps beside a quantized weight: one per block of 64 in 4 bits, one per row in 8 bits."""
    return [
        scale
        for scale in (
            getattr(getattr(parameter, "quant_state", None), "absmax", None),
            getattr(parameter, "SCB", None),
        )
        if scale is not None
    ]


def check_untouched(model) -> None:
    """QvqError unless the vision tower and the output layer are plain, and the decoder layers are quantized.

    A list of exceptions that matches nothing fails without a word: hence every module is looked at.
    """
    import torch

    decoder = re.compile(r"\.layers\.\d+\.")
    for name, module in model.named_modules():
        if not isinstance(module, torch.nn.Linear):
            continue
        plain = (
            type(module) is torch.nn.Linear
            and type(module.weight) is torch.nn.Parameter
            and module.weight.is_floating_point()
        )
        if name.startswith(KEPT_IN_BF16) and not plain:
            raise QvqError(
                f"{name} was quantized though it must stay as it is; load in bf16, and report the versions that `qvq-nb doctor` shows."
            )
        if decoder.search(name) and plain:
            raise QvqError(
                f"{name} was not quantized though it should be; load in bf16, and report the versions that `qvq-nb doctor` shows."
            )


# -- several GPUs ------------------------------------------------------------------------------------------------------


def check_peer_copies(gpus: int, copy) -> None:
    """QvqError unless what is copied from each GPU to each other arrives as it was sent (github.com/huggingface/accelerate/issues/4036)."""
    import torch

    sent = torch.arange(PEER_COPY_NUMBERS, dtype=torch.int32)
    for source in range(gpus):
        for target in range(gpus):
            if source != target and not torch.equal(copy(sent, source, target), sent):
                raise QvqError(
                    f"What GPU {source} sends to GPU {target} arrives damaged, so the model would write nonsense. "
                    "Use one GPU (CUDA_VISIBLE_DEVICES=0), or have the IOMMU switched off for peer copies; `qvq-nb doctor` checks again."
                )


def _copy_between_gpus(numbers, source, target):
    return numbers.to(f"cuda:{source}").to(f"cuda:{target}").cpu()


def _tensor_parallel(folder, wishes) -> dict:
    """Options of from_pretrained for one of the processes that share every layer."""
    import torch
    from transformers.distributed import DistributedConfig

    if wishes.precision not in (None, "bf16") or wishes.offload or wishes.max_memory:
        raise QvqError(
            "parallel='tensor' shares the whole model in bf16; leave out precision, offload and max_memory."
        )
    ranks = int(os.environ.get("WORLD_SIZE", "1"))
    if ranks < 2:
        raise QvqError(
            "parallel='tensor' needs one process per part: `qvq-nb ask --tensor-parallel 2 …`, or torchrun --nproc-per-node 2."
        )
    check_tensor_parallel(folder, ranks)
    on_gpus = torch.cuda.is_available()
    _join_processes(torch, ranks, on_gpus)
    return {
        "dtype": wishes.dtype or ("bfloat16" if on_gpus or wishes.precision else "float32"),
        "distributed_config": DistributedConfig(tp_plan="auto", tp_size=ranks),
    }


def _join_processes(torch, ranks, on_gpus):
    """Joins the other ranks through the file that `run_together` named; under torchrun transformers does it."""
    if on_gpus and torch.cuda.device_count() < ranks:
        raise QvqError(
            f"{ranks} processes need {ranks} GPUs, and there are {torch.cuda.device_count()}; take fewer, or CUDA_VISIBLE_DEVICES= for the CPU."
        )
    file = os.environ.get(RENDEZVOUS_VARIABLE)
    if not file or torch.distributed.is_initialized():
        return
    options = {}
    if on_gpus:
        rank = int(os.environ["LOCAL_RANK"])
        torch.cuda.set_device(rank)
        options["device_id"] = torch.device("cuda", rank)
    backend = "nccl" if on_gpus else "gloo"
    torch.distributed.init_process_group(
        backend, init_method=f"file://{file}", rank=int(os.environ["RANK"]), world_size=ranks, **options
    )
    atexit.register(torch.distributed.destroy_process_group)


def check_tensor_parallel(folder, ranks: int) -> None:
    """QvqError unless the key-value heads can be shared equally by so many processes."""
    heads = read_config(folder)["num_key_value_heads"]
    if ranks < 1 or heads % ranks:
        allowed = [size for size in range(1, heads + 1) if heads % size == 0]
        raise QvqError(
            f"{heads} key-value heads cannot be shared by {ranks} processes; take {' or '.join(map(str, allowed))}."
        )


# -- when memory runs out ----------------------------------------------------------------------------------------------


def out_of_memory(error, plan=None) -> str | None:
    """A sentence for a learner if the error means that memory ran out: where, how much was needed, what would help; else None."""
    text = str(error)
    memory_error = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
    if not memory_error and not re.search(
        r"out of memory|can't allocate memory|not enough memory", text, re.IGNORECASE
    ):
        return None
    gpu = re.search(r"GPU (\d+)", text)
    asked = re.search(r"(?:allocate|you tried to allocate)\s+([\d.]+ (?:[KMGT]iB|bytes))", text)
    where = f"GPU {gpu[1]}" if gpu else "the GPU" if "CUDA" in text else "the CPU's memory"
    needed = f" when {asked[1]} more were needed" if asked else ""
    return f"{where[0].upper()}{where[1:]} was full{needed}; what was taken is free again. {settings_that_help(plan, gpu and int(gpu[1]))}"


def settings_that_help(plan, gpu=None) -> str:
    """Two or three settings that need less memory, with what they save according to the plan."""
    if plan is None:
        return "What helps: a smaller picture (visual_tokens=(4, 1280)), fewer max_new_tokens, or loading with offload=True."
    settings = []
    per_token = plan.kv_bytes_per_token
    if plan.visual_tokens > 1280:
        settings.append(
            f"visual_tokens=(4, 1280) saves {(plan.visual_tokens - 1280) * per_token / GIB:.2f} GiB of cache"
        )
    if plan.new_tokens and plan.new_tokens > 1:
        settings.append(
            f"max_new_tokens={plan.new_tokens // 2} saves {(plan.new_tokens - plan.new_tokens // 2) * per_token / GIB:.2f} GiB of cache"
        )
    verdicts = advise(plan).verdicts
    smaller = next(
        (name for name in QUANTIZED if name != plan.number_format and verdicts[name] in ("fits", "tight")),
        None,
    )
    if smaller:
        settings.append(f"load(…, precision={smaller!r}) fits by the plan")
    elif gpu is not None and plan.max_memory.get(gpu):
        settings.append(
            f"load(…, max_memory={{{gpu}: '{plan.max_memory[gpu] * 0.9 / GIB:.0f}GiB', …}}, offload=True) leaves more room on GPU {gpu}"
        )
    else:
        settings.append("load(…, offload=True) leaves in the files what does not fit, and is slow")
    return f"What helps: {'; '.join(settings[-3:])}."


def free_memory() -> None:
    """Gives back what nothing refers to any more, on the CPU and on every GPU."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


class FirstLogits:
    """A logits processor for `generate`: QvqError when the first logits are no numbers, before nonsense is written."""

    def __init__(self):
        self.seen = False

    def __call__(self, input_ids, scores):
        import torch

        if not self.seen and torch.isnan(scores).any():
            raise QvqError(
                "The model's first output is NaN, so all its text would be nonsense. Load it in bfloat16 instead of float16, "
                "and with several GPUs let `qvq-nb doctor` check the copies between them."
            )
        self.seen = True
        return scores


# -- transformers ------------------------------------------------------------------------------------------------------


def _attention(torch, options) -> str:
    """SDPA, which is always there; flash-attention where it is installed and the GPU and the number format suit it."""
    on_gpu = (
        torch.cuda.is_available()
        and options.get("device_map") != {"": "cpu"}
        and torch.cuda.get_device_capability()[0] >= 8
    )
    return (
        "flash_attention_2"
        if on_gpu and options["dtype"] != "float32" and find_spec("flash_attn")
        else "sdpa"
    )


@contextlib.contextmanager
def _progress_bar_if_large(folder):
    """A small model is there at once: its progress bar would only stand in the notebook."""
    from transformers.utils import logging

    large = sum(file.stat().st_size for file in checkpoint.weight_files(folder)) >= BYTES_WORTH_A_PROGRESS_BAR
    shown = logging.is_progress_bar_enabled()
    if not large:
        logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def import_transformers():
    """(torch, the model's class); QvqError saying what is wrong with the installation."""
    try:
        import torch
        from transformers import Qwen2VLForConditionalGeneration
    except (ImportError, RuntimeError) as error:
        raise_if_torchvision_trap(error)
        raise QvqError(
            f"torch and transformers cannot be imported ({first_line(error)}); install the kit again, or run `qvq-nb doctor`."
        ) from error
    return torch, Qwen2VLForConditionalGeneration


def raise_if_torchvision_trap(error):
    """transformers hides the true cause two errors down: "operator torchvision::nms does not exist"."""
    cause = error
    while cause is not None:
        if "torchvision::nms" in str(cause):
            raise QvqError(
                "torch and torchvision do not belong to the same build (CPU torch beside a CUDA torchvision). "
                "Run `qvq-nb doctor --fix`, then start again."
            ) from error
        cause = cause.__cause__ or cause.__context__


def first_line(error) -> str:
    """What an error says, on one line."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
