"""A full-size dress rehearsal without weights: does QVQ-72B load here, with how much memory, how fast is it?

It runs on a stand-in. Loading, placing, offloading, quantizing and generating do not depend on the values of
the weights, so what is measured holds for the real ones. The text does: it means nothing, and is never shown.
"""

import time

from qvq_nb.errors import QvqError
from qvq_nb.files import GIB
from qvq_nb.inference.loading.model import import_transformers, load_model
from qvq_nb.inference.loading.out_of_memory import out_of_memory, release_memory
from qvq_nb.inference.loading.placing import device_name, input_device, weight_bytes_by_device
from qvq_nb.inference.loading.quantizing import scales
from qvq_nb.inference.loading.wishes import Wishes
from qvq_nb.media.resize import PATCH_SIDE_PIXELS, resized, visual_tokens
from qvq_nb.memory.planning import MOST_NEW_TOKENS
from qvq_nb.models.resolve import resolve
from qvq_nb.rehearsal.result import Rehearsal
from qvq_nb.rehearsal.stand_in import stand_in
from qvq_nb.rehearsal.watching import watching_memory

SECONDS_WORTH_TELLING = 5
RANDOM_DEVIATION = 0.02
TEXT_TOKENS = 8  # of the rehearsed prompt, besides those of the image
VALUES = ("zeros", "random")


def rehearse(
    model="qvq-72b",
    *,
    layers=None,
    dtype="bf16",
    quantization=None,
    max_memory=None,
    new_tokens=2,
    image=(56, 56),
    values="zeros",
    folder=None,
    progress=None,
) -> Rehearsal:
    """Writes a stand-in for `model`, loads it, generates, measures; deletes it, also after an error.

    `model`: a profile name, a folder with a config.json (weights are not needed), or a config as a dict.
    `layers`: a number of decoder layers to cut the model down to; None is all of them.
    `dtype`: "bf16", "fp16" or "fp32"; `quantization`: "int8" or "nf4", which need bitsandbytes, or None.
    `max_memory`: {0: "70GiB", "cpu": "8GiB"}; what fits nowhere stays in the files. None is by the plan.
    `image`: (width, height) in pixels of the picture that stands in the prompt.
    `values`: "zeros" are the holes as they are; "random" fills the weights, which must all be in memory.
    `folder`: where to put the stand-in; None is the first with holes of the system's temporary folder,
    the home folder and the working folder.
    `progress`: called with a sentence at each step.
    """
    if values not in VALUES:
        raise QvqError(f"There are no values {values!r}; choose zeros or random.")
    if type(new_tokens) is not int or not 1 <= new_tokens <= MOST_NEW_TOKENS:
        raise QvqError(f"new_tokens is a whole number from 1 upwards, at most {MOST_NEW_TOKENS:,}.")
    if not (isinstance(image, (tuple, list)) and [type(side) for side in image] == [int, int]):
        raise QvqError(f"image is (width, height) in pixels, such as (1920, 1080); {image!r} is not.")
    tell = progress or (lambda sentence: None)
    picture_tokens = visual_tokens(*image)
    wishes = Wishes(
        dtype=dtype,
        quantization=quantization,
        offload=True,
        max_memory=max_memory,
        max_new_tokens=new_tokens,
        image_size=tuple(image),
    )
    with stand_in(model, layers=layers, folder=folder) as made:
        tell(
            f"{made.shards} files of {made.apparent_bytes / GIB:.1f} GiB are written; "
            f"on the disk they take {made.disk_bytes / 2**10:.0f} KiB."
        )
        import_transformers()  # which takes its time, but not that of loading
        with watching_memory() as memory:
            started = time.perf_counter()
            loaded = load_model(made.folder, wishes)
            load_seconds = time.perf_counter() - started
            tell(f"Loaded in {load_seconds:.1f} s; now {new_tokens} tokens are generated.")
            weight_bytes = weight_bytes_by_device(loaded.model, loaded.device_map)
            try:
                if values == "random":
                    _fill_with_random_numbers(loaded.model)
                prompt_tokens, seconds = _generate_or_say_why_not(loaded, image, new_tokens, tell)
            finally:
                loaded.model = None
                release_memory()
    first, *following = seconds
    places = {device_name(place.device): place for place in loaded.plan.placement}
    return Rehearsal(
        model=resolve(model).name,
        dtype=loaded.dtype,
        quantization=loaded.quantization,
        values=values,
        **{name: value for name, value in vars(made).items() if name not in ("folder", "config")},
        device_map={module: device_name(device) for module, device in loaded.device_map.items()},
        weight_bytes=weight_bytes,
        load_seconds=load_seconds,
        first_token_seconds=first,
        tokens_per_second=len(following) / sum(following) if following else None,
        prompt_tokens=prompt_tokens,
        visual_tokens=picture_tokens,
        new_tokens=len(seconds),
        **vars(memory),
        predicted_weight_bytes={device: place.weight_bytes for device, place in places.items()},
        predicted_bytes={
            device: place.weight_bytes + place.kv_bytes + place.activation_bytes
            for device, place in places.items()
        },
        predicted_tokens_per_second=loaded.plan.tokens_per_second,
    )


def _generate_or_say_why_not(loaded, image, new_tokens, tell):
    try:
        return generate(loaded.model, input_device(loaded.device_map), image, new_tokens, tell)
    except (RuntimeError, MemoryError) as error:
        problem = out_of_memory(error, loaded.plan)
        if problem is None:
            raise
    raise QvqError(problem)  # out here, where no frame of the model keeps its memory any more


def generate(model, device, image, new_tokens, tell) -> tuple[int, list[float]]:
    """(tokens of the prompt, seconds for each new token). The prompt is an empty picture and some text."""
    import torch
    from transformers import StoppingCriteriaList

    config = model.config
    columns, rows = (side // PATCH_SIDE_PIXELS for side in resized(*image))
    picture_ids = [config.image_token_id] * (columns * rows // 4)
    prompt = [config.vision_start_token_id, *picture_ids, config.vision_end_token_id, *range(TEXT_TOKENS)]
    ids = torch.tensor([prompt], device=device)
    vision = config.vision_config
    patch = vision.in_channels * vision.temporal_patch_size * PATCH_SIDE_PIXELS**2
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
        pixel_values=torch.zeros(columns * rows, patch, device=device),
        image_grid_thw=torch.tensor([[1, rows, columns]], device=device),
        min_new_tokens=new_tokens,
        max_new_tokens=new_tokens,
        do_sample=False,
        pad_token_id=0,
        suppress_tokens=[config.image_token_id, config.video_token_id],
        stopping_criteria=StoppingCriteriaList([lap]),
    )
    return ids.shape[1], seconds


def _fill_with_random_numbers(model) -> None:
    """Plausible numbers, made where the weights lie: matrices are small, norms are one, biases zero."""
    import torch

    elsewhere = sum(parameter.device.type == "meta" for parameter in model.parameters())
    if elsewhere:
        raise QvqError(
            f"Random values need all weights in memory, and {elsewhere} tensors stayed in the files; "
            "take fewer layers, a quantization, or values zeros."
        )
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if not parameter.is_floating_point():  # quantized: any byte is a number
                parameter.data.random_()
            elif parameter.ndim > 1:
                parameter.data.normal_(std=RANDOM_DEVIATION)
            else:
                parameter.data.fill_(0.0 if name.endswith("bias") else 1.0)
            for scale in scales(parameter):
                scale.fill_(2 * RANDOM_DEVIATION)
