"""`qvq-nb rehearse`."""

import signal
import sys
from pathlib import Path
from typing import Annotated

from typer import Option

from qvq_nb.cli import Dtype, Json, MaxMemory, PlannedModel, Precision, Quantization
from qvq_nb.files import as_json as written
from qvq_nb.screen import note, only_notes
from qvq_nb.tables import Table


def rehearse(
    model: PlannedModel = "qvq-72b",
    layers: Annotated[int | None, Option(help="Cut down to so many decoder layers; all without it.")] = None,
    dtype: Dtype = "bf16",
    quantization: Quantization = None,
    max_memory: MaxMemory = None,
    new_tokens: Annotated[int, Option(help="How many tokens to generate.")] = 2,
    image: Annotated[str, Option(metavar="WxH", help="The picture in the prompt, in pixels.")] = "56x56",
    values: Annotated[str, Option(help="zeros, or random where kernels need other numbers.")] = "zeros",
    folder: Annotated[Path | None, Option(help="Where the stand-in is put while it lasts.")] = None,
    precision: Precision = None,
    as_json: Json = False,
):
    """Load and run a model at full size without its weights, and measure memory and speed."""
    from qvq_nb.memory.planning import parse_size
    from qvq_nb.rehearsal.rehearsing import rehearse as perform

    for name in ("SIGTERM", "SIGHUP"):  # so that the stand-in is deleted then, too
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores SIGHUP
            signal.signal(number, lambda received, _: sys.exit(128 + received))
    with only_notes():
        measured = perform(
            model,
            layers=layers,
            dtype=dtype,
            quantization=quantization,
            max_memory=max_memory,
            new_tokens=new_tokens,
            image=parse_size(image),
            values=values,
            folder=folder,
            progress=note,
        )
    if as_json:
        print(written(measured.to_dict()))
    else:
        Table(("", "Measured", "Plan"), measured.rows()).print()
        note("This is a rehearsal: no weights, so no answer. The stand-in is deleted.")
