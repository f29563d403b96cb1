"""`qvq-nb plan`."""

from typing import Annotated

from typer import Option

from qvq_nb.cli import Dtype, Json, PlannedModel, Precision
from qvq_nb.files import as_json as written
from qvq_nb.screen import clean, note


def plan(
    model: PlannedModel = "qvq-72b",
    gpus: Annotated[
        str | None, Option(help="4x48 (GiB), 4x48@864 (GB/s besides), 2x4090; this machine's own without it.")
    ] = None,
    image: Annotated[
        list[str] | None, Option(metavar="WxH", help="Pixels; may be given several times.")
    ] = None,
    new_tokens: Annotated[int | None, Option(help="The longest answer, thinking included.")] = None,
    dtype: Dtype = "bf16",
    quantization: Annotated[str | None, Option(help="int8 or nf4; fp8 for servers such as vLLM.")] = None,
    visual_tokens: Annotated[int | None, Option(help="The most that one image may take.")] = None,
    ram: Annotated[float | None, Option(metavar="GIB", help="RAM for layers that fit on no GPU.")] = None,
    precision: Precision = None,
    as_json: Json = False,
):
    """Calculate whether, how and how fast a model would run, before it is downloaded."""
    from qvq_nb.memory import planning
    from qvq_nb.memory.advice import advise
    from qvq_nb.memory.gpus import machine

    here = machine() if gpus is None else None
    planned = planning.plan(
        model,
        here.gpus if here else gpus,
        images=planning.DEFAULT_IMAGES if not image else tuple(map(planning.parse_size, image)),
        new_tokens=new_tokens,
        dtype=dtype,
        quantization=quantization,
        visual_tokens=None if visual_tokens is None else (min(4, visual_tokens), visual_tokens),
        ram_bytes=planning.gib(ram) if ram is not None else here.ram_bytes if here else None,
    )
    advice = advise(planned)
    if here and here.said:
        plan_for = "the plan is for the others" if here.gpus else "so the plan is for its CPU"
        note(f"{here.said}; {plan_for}. --gpus 1x48 plans for a GPU of 48 GiB.")
    if as_json:
        print(written({**planned.to_dict(), **advice.to_dict()}))
    else:
        planned.table().print()
        print(clean(planned.summary(advice)))
