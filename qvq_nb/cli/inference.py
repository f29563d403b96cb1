"""`qvq-nb ask`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from qvq_nb.cli import Json, MaxMemory, Model, Precision
from qvq_nb.files import as_json as written
from qvq_nb.models.profiles import EMBEDDED
from qvq_nb.screen import clean, note, only_notes

STOPPED = "stopped, and so was the model."


def ask(
    image: Annotated[Path, Argument(help="A picture or a clip.")],
    question: Annotated[str, Argument(help="A question about it.")],
    model: Model = EMBEDDED,
    endpoint: Annotated[
        str | None, Option(metavar="URL", help="The address of a server to ask, such as http://HOST:8000/v1.")
    ] = None,
    name: Annotated[
        str | None, Option(help="What that server calls the model; needed where it has several.")
    ] = None,
    dtype: Annotated[str | None, Option(help="bf16, fp16, fp32 or auto; by the device without it.")] = None,
    quantization: Annotated[str | None, Option(help="int8 or nf4; what fits best without it.")] = None,
    offload: Annotated[bool, Option("--offload", help="Leave in the files what does not fit; slow.")] = False,
    max_memory: MaxMemory = None,
    tensor_parallel: Annotated[int, Option(min=1, max=64, help="Share every layer among so many GPUs.")] = 1,
    thinking_budget: Annotated[
        int | None, Option(metavar="N", min=0, help="Cut the thinking after N tokens.")
    ] = None,
    precision: Precision = None,
    as_json: Json = False,
):
    """Ask a model about a picture or a clip and watch it think.

    Ends with 1 where the kit refuses a question that the model does not know, or the answer broke off.
    """
    from qvq_nb.inference.engine import Delta
    from qvq_nb.inference.reasoner import load

    if tensor_parallel > 1 and "RANK" not in os.environ:
        from qvq_nb.inference.loading.processes import run_together

        command = [sys.executable, "-m", "qvq_nb.cli", *sys.argv[1:]]
        raise typer.Exit(run_together(command, tensor_parallel))
    parallel = "tensor" if tensor_parallel > 1 else None
    wishes = {"dtype": dtype, "quantization": quantization, "offload": offload, "max_memory": max_memory}
    wishes = {wish: given for wish, given in {**wishes, "parallel": parallel, "name": name}.items() if given}
    if endpoint and model != EMBEDDED:
        wishes.setdefault("name", model)
    budget = {} if thinking_budget is None else {"thinking_budget": thinking_budget}
    output = sys.stdout
    speaks = not parallel or os.environ["RANK"] == "0"  # under torchrun every process has the terminal
    with only_notes():
        reasoner = load(endpoint or model, **wishes)
        try:
            for answer in reasoner.stream(image, question, **budget):  # Deltas, and last the Answer
                if isinstance(answer, Delta) and speaks and not as_json:
                    print(clean(answer.text), end="", file=output, flush=True)
        except KeyboardInterrupt as stop:
            note("")  # what was written so far ends in the middle of a line
            raise type(stop)(STOPPED) from None
    if not speaks:
        return
    refused = answer.stop_reason == "refused"
    if as_json:
        print(written(answer.to_dict()))
    else:
        print()
        said = f"{answer.new_tokens} tokens in {answer.seconds:.1f} s · stopped by: {answer.stop_reason}"
        note(
            f"{answer.model} was not asked: the question is none that it knows"
            if refused
            else f"{answer.model} · {said}"
        )
        for remark in answer.notes:
            note(remark)
    if refused or answer.stop_reason == "broken":
        raise typer.Exit(1)
