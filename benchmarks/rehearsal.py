"""Does the plan tell the truth here? QVQ-72B rehearsed at full width, beside plan and bandwidth bound.

    python benchmarks/rehearsal.py            a few minutes; writes benchmarks/results/rehearsal.md
    python benchmarks/rehearsal.py --deep     on a CPU: all 80 layers besides, left in their files

The bound: to write one token, the weights of the layers and the output layer are read once, at the memory
bandwidth that is measured in the same run; next to it stands how fast a matrix of bf16 weights is read when
it is multiplied with one token's vector, which is what a step mostly does. On a GPU values are random, for
the quantized kernels.
"""

import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import psutil
import torch
import typer
from machine import processor

from qvq_nb.errors import QvqError
from qvq_nb.files import GIB, read_json, write_whole
from qvq_nb.memory.gpus import GPU
from qvq_nb.memory.planning import plan
from qvq_nb.models.profiles import get
from qvq_nb.rehearsal.rehearsing import rehearse
from qvq_nb.tables import Table

RESULT = Path(__file__).parent / "results" / "rehearsal.md"
BANDWIDTH_TENSOR_BYTES = GIB
FEED_FORWARD_SHAPE = (29568, 8192)
LAYERS_ON_THE_CPU = 2
NEW_TOKENS_ON_A_GPU, NEW_TOKENS_ON_THE_CPU = 64, 8
COLUMNS = (
    "number format",
    "layers",
    "weights, GiB",
    "plan",
    "peak, GiB",
    "plan",
    "load, s",
    "first token, s",
    "tokens/s",
    "bound",
    "share of the bound",
)
REPORT = """# Rehearsal

Plan and rehearsal of the 72B at full width, and the speed against the bandwidth bound. To repeat it:

```bash
{command}   # without a GPU put OMP_NUM_THREADS=1 before it
```

Measured on {machine}

{table}

Plain reading is the best of five, the tokens are the mean: read the share next to the two rates of the same
run, and on an idle machine. On a CPU the peak is below the plan, since hardly any of the embeddings (2.3 GiB)
is touched.
"""


def bandwidth_bytes_per_second(device) -> float:
    """Of reading one GiB."""
    numbers = torch.ones(BANDWIDTH_TENSOR_BYTES // 4, device=device)
    return BANDWIDTH_TENSOR_BYTES / _least_seconds(lambda: numbers.sum().item())


def product_bytes_per_second(device) -> float:
    """Of reading one feed-forward matrix of the 72B in bf16 in its product with one token's vector."""
    weights = torch.zeros(FEED_FORWARD_SHAPE, dtype=torch.bfloat16, device=device)
    token = torch.zeros(1, 1, FEED_FORWARD_SHAPE[1], dtype=torch.bfloat16, device=device)
    with torch.no_grad():
        return weights.nbytes / _least_seconds(
            lambda: torch.nn.functional.linear(token, weights)[0, 0, 0].item()
        )


def _least_seconds(work) -> float:
    """The best of five, after one to warm up."""
    seconds = []
    for _ in range(6):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds[1:])


def machine(device, bandwidth, product) -> str:
    """One line that says where it was measured."""
    count = torch.cuda.device_count() if device != "cpu" else 0
    gpus = ", ".join(map(torch.cuda.get_device_name, range(count))) or "no GPU"
    packages = ", ".join(f"{name} {version(name)}" for name in ("torch", "transformers", "accelerate"))
    memory = psutil.virtual_memory().total / GIB
    return (
        f"{processor()}, {psutil.cpu_count()} cores, {memory:.0f} GiB of memory, {gpus}; "
        f"on {device}, with {torch.get_num_threads()} threads of the CPU, {bandwidth / 1e9:.1f} GB/s read "
        f"and {product / 1e9:.1f} GB/s in a product of bf16; Python {platform.python_version()}, {packages}."
    )


def cut_config(layers: int) -> dict:
    """The configuration of the 72B with so many layers."""
    return {**read_json(get("qvq-72b").config_file), "num_hidden_layers": layers}


def bound(layers, quantization, bandwidth) -> float:
    """Tokens per second when each token reads layers and output layer once."""
    gpus = (GPU("this machine", 10**15, bandwidth),)
    config = cut_config(layers)
    return plan(config, gpus, quantization=quantization, images=((56, 56),), new_tokens=1).tokens_per_second


def row(quantization, layers, bandwidth, **options) -> tuple[str, ...]:
    """One rehearsal as the cells of a table; a failure as its sentence."""
    number_format = quantization or "bf16"
    try:
        measured = rehearse("qvq-72b", layers=layers, quantization=quantization, **options)
    except QvqError as error:
        return (number_format, str(layers), str(error), *[""] * (len(COLUMNS) - 3))
    in_files = set(measured.weight_bytes) == {"disk"}
    best = None if in_files else bound(measured.layers, quantization, bandwidth)
    device = next((name for name in measured.peak_bytes if name != "cpu"), "cpu")
    return (
        number_format + (", in its files" if in_files else ""),
        str(measured.layers),
        f"{sum(measured.weight_bytes.values()) / GIB:.2f}",
        f"{sum(measured.predicted_weight_bytes.values()) / GIB:.2f}",
        f"{measured.peak_bytes[device] / GIB:.2f}",
        f"{measured.predicted_bytes[device] / GIB:.2f}",
        f"{measured.load_seconds:.1f}",
        f"{measured.first_token_seconds:.2f}",
        f"{measured.tokens_per_second:.3g}",
        f"{best:.3g}" if best else "",
        f"{measured.tokens_per_second / best:.0%}" if best else "",
    )


def main(
    deep: Annotated[
        bool, typer.Option("--deep", help="On a CPU: all 80 layers, left in their files.")
    ] = False,
):
    """Keep what is measured here in benchmarks/results/rehearsal.md, and print it."""
    on_gpu = torch.cuda.is_available()
    device = "cuda:0" if on_gpu else "cpu"
    bandwidth, product = bandwidth_bytes_per_second(device), product_bytes_per_second(device)
    if on_gpu:
        random = {"values": "random", "new_tokens": NEW_TOKENS_ON_A_GPU}
        formats = (("nf4", 80), ("int8", 80), (None, _depth_that_fits()))
        rows = [row(quantization, layers, bandwidth, **random) for quantization, layers in formats]
    else:
        limits = {"cpu": int(0.9 * psutil.virtual_memory().available)}
        rows = [row(None, LAYERS_ON_THE_CPU, bandwidth, new_tokens=NEW_TOKENS_ON_THE_CPU, max_memory=limits)]
        rows += [row(None, 80, bandwidth, new_tokens=2)] if deep else []
    text = REPORT.format(
        command=" ".join(["python", "benchmarks/rehearsal.py", *sys.argv[1:]]),
        machine=machine(device, bandwidth, product),
        table=Table(COLUMNS, rows).to_markdown(),
    )
    write_whole(RESULT, text)
    print(text)


def _depth_that_fits() -> int:
    """The most layers in bf16 that the plan places on this machine's GPUs with room to spare."""
    fitting = (
        layers
        for layers in range(80, 0, -1)
        if plan(cut_config(layers), images=((56, 56),), new_tokens=64).verdict == "fits"
    )
    return next(fitting, 1)


if __name__ == "__main__":
    typer.run(main)
