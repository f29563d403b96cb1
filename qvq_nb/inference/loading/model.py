"""Loads a model from its folder, where and how wishes and plan say, and checks that all of it is there."""

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.files import GIB, gibibytes
from qvq_nb.inference.loading.out_of_memory import out_of_memory, release_memory
from qvq_nb.inference.loading.placing import choose, device_name, weight_bytes_by_device
from qvq_nb.inference.loading.processes import tensor_parallel
from qvq_nb.inference.loading.quantizing import check_untouched
from qvq_nb.inference.loading.soundness import check_peer_copies, copy_between_gpus
from qvq_nb.inference.loading.wishes import QUANTIZATIONS, Wishes
from qvq_nb.memory.dtypes import dtype_name
from qvq_nb.models.checkpoint import weight_bytes

BYTES_WORTH_A_PROGRESS_BAR = 1_000_000_000


@dataclass
class Loaded:
    """A model in memory. `device_map` is module name → device; `plan` is the plan it follows, if any.

    `dtype` is "bf16", "fp16" or "fp32"; `quantization` is "int8", "nf4", "as stored" (quantized) or None.
    """

    model: object
    dtype: str
    quantization: str | None
    device_map: dict
    plan: object = None

    def table(self) -> str:
        """One line per device: what lies there now, and how much the plan expects to stay free."""
        places = {device_name(place.device): place for place in self.plan.placement} if self.plan else {}
        quantized = f" · quantization {self.quantization}" if self.quantization else ""
        lines = [f"dtype {self.dtype}{quantized} · attention {self.model.config._attn_implementation}"]
        for device, size in weight_bytes_by_device(self.model, self.device_map).items():
            layers = sum(
                device_name(where) == device and bool(re.search(r"\.layers\.\d+$", name))
                for name, where in self.device_map.items()
            )
            spare = (places[device].free_bytes or 0) if device in places else 0
            counted = f", {layers} layers" if layers else ""
            free = f", {spare / GIB:.1f} GiB free while answering" if spare > 0 else ""
            lines.append(f"{device:7} {gibibytes(size):>11} of weights{counted}{free}")
        if self.plan and self.plan.tokens_per_second:
            lines.append(f"at most {self.plan.tokens_per_second:.1f} tokens per second")
        return "\n".join(lines)


def load_model(folder, wishes: Wishes = Wishes()) -> Loaded:
    """The model of a folder, placed by wishes and plan. Nothing is fetched, only safetensors are read.

    Without wishes and without a GPU it is fp32 in memory; a model that does not fit there needs `offload`.
    """
    folder = Path(folder)
    torch, model_class = import_transformers()
    choice = (tensor_parallel if wishes.parallel == "tensor" else choose)(folder, wishes)
    problem = None
    try:
        with _progress_bar_if_large(folder):
            model, found = model_class.from_pretrained(
                folder,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                attn_implementation=_attention(torch, choice.options),
                output_loading_info=True,
                **choice.options,
            )
    except Exception as error:  # of any kind: the files may come from anywhere
        raise_if_torchvision_trap(error)
        problem = out_of_memory(error, choice.plan)
        if problem is None:
            raise QvqError(f"The model in {folder} could not be loaded: {first_line(error)}") from error
    if problem:  # raised out here, where no frame of the loader keeps half a model in memory any more
        release_memory()
        raise QvqError(problem)
    if missing := sorted(
        found["missing_keys"]
    ):  # transformers would go on with random numbers in their place
        raise QvqError(
            f"The weights in {folder} lack {len(missing)} of the model's tensors, first {missing[0]}; "
            "fetch the weights again."
        )
    if choice.quantization in QUANTIZATIONS:
        check_untouched(model)
    model.eval()
    device_map = dict(getattr(model, "hf_device_map", None) or {"": next(model.parameters()).device})
    if len(set(device_map.values()) - {"cpu", "disk"}) > 1:
        check_peer_copies(torch.cuda.device_count(), copy_between_gpus)
    dtype = dtype_name(str(model.dtype).removeprefix("torch."))
    return Loaded(model, dtype, choice.quantization, device_map, choice.plan)


def _attention(torch, options) -> str:
    """SDPA, which is always there; flash-attention where it is installed, on GPUs and dtypes that suit it."""
    from transformers.utils import is_flash_attn_2_available

    suits = options["dtype"] != "float32" and options.get("device_map") != {"": "cpu"}
    if suits and is_flash_attn_2_available() and torch.cuda.get_device_capability()[0] >= 8:
        return "flash_attention_2"
    return "sdpa"


@contextlib.contextmanager
def _progress_bar_if_large(folder):
    """A small model is there at once: its progress bar would only stand in the notebook."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    if weight_bytes(folder) < BYTES_WORTH_A_PROGRESS_BAR:
        logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


# -- the installation --------------------------------------------------------------------------------------


def import_transformers():
    """(torch, the model's class); QvqError saying what is wrong with the installation."""
    try:
        import torch
        from transformers import Qwen2VLForConditionalGeneration
    except (ImportError, RuntimeError) as error:
        raise_if_torchvision_trap(error)
        raise QvqError(
            f"torch and transformers cannot be imported ({first_line(error)}); "
            "install the kit again, or run `qvq-nb doctor`."
        ) from error
    return torch, Qwen2VLForConditionalGeneration


def raise_if_torchvision_trap(error) -> None:
    """transformers hides the true cause two errors down: "operator torchvision::nms does not exist"."""
    cause = error
    while cause is not None:
        if "torchvision::nms" in str(cause):
            raise QvqError(
                "torch and torchvision do not belong to the same build "
                "(CPU torch beside a CUDA torchvision). Run `qvq-nb doctor --fix`, then start again."
            ) from error
        cause = cause.__cause__ or cause.__context__


def first_line(error) -> str:
    """What an error says, on one line."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
