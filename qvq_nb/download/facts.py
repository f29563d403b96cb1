"""What the small files tell of a model, before the weights come."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qvq_nb.download.listing import HubFile
from qvq_nb.errors import IntegrityError
from qvq_nb.files import NOT_WHAT_WAS_EXPECTED, gigabytes
from qvq_nb.models.checkpoint import INDEX_FILE

# Of a folder with a config.json: (parameters, free bytes on all GPUs, the plan's verdict), None for what it
# cannot tell.
Judge = Callable[[Path], tuple[int | None, int, str | None]]


@dataclass(frozen=True)
class Facts:
    """What the small files tell of a model. `parameters` is None for another kind of model than Qwen2-VL."""

    model: str
    parameters: int | None
    weight_bytes: int
    shards: int
    memory_bytes: int  # of this machine
    gpu_bytes: int  # free on all its GPUs together
    verdict: str | None = None  # of the plan for this machine as it is now

    @property
    def fits(self) -> bool:
        """Whether the plan finds a place for the model; without a plan, whether the weights alone are
        small enough."""
        if self.verdict:
            return self.verdict != "no"
        return self.weight_bytes <= max(self.memory_bytes, self.gpu_bytes)

    def __str__(self) -> str:
        parameters = f"{self.parameters:,} parameters, " if self.parameters else ""
        shards = f"{self.shards} file{'s' if self.shards != 1 else ''} of weights"
        gpus = f" and {gigabytes(self.gpu_bytes)} free on its GPUs" if self.gpu_bytes else " and no GPU"
        return (
            f"{self.model}: {parameters}{gigabytes(self.weight_bytes)} in {shards}. This machine has "
            f"{gigabytes(self.memory_bytes)} "
            f"of memory{gpus}: the model "
            f"{'fits' if self.fits else 'does not fit; it can be downloaded all the same'}."
        )


def facts_of(model: str, folder: Path, files: Sequence[HubFile], judge: Judge | None = None) -> Facts:
    """The facts of a model whose small files have come; IntegrityError if its index and the listing
    contradict."""
    import psutil

    weights = [file for file in files if file.is_weights]
    check_index(model, folder, files)
    parameters, gpu_bytes, verdict = judge(folder) if judge else (None, 0, None)
    memory_bytes = psutil.virtual_memory().total
    weight_bytes = sum(file.size for file in weights)
    return Facts(model, parameters, weight_bytes, len(weights), memory_bytes, gpu_bytes, verdict)


def check_index(model: str, folder: Path, files: Sequence[HubFile]) -> None:
    """IntegrityError unless every shard in the index is listed and the shards are long enough for the
    index's total size."""
    if not any(file.path == INDEX_FILE for file in files):
        return
    try:
        index = json.loads((folder / INDEX_FILE).read_text(encoding="utf-8"))
        shards, total = set(index["weight_map"].values()), int(index.get("metadata", {}).get("total_size", 0))
    except NOT_WHAT_WAS_EXPECTED:
        raise IntegrityError(
            f"{INDEX_FILE} of {model} is no index of shards; take the model from elsewhere."
        ) from None
    sizes = {file.path: file.size for file in files}
    if absent := sorted(map(str, shards - sizes.keys())):
        lack = f"{model} lacks {len(absent)} of the {len(shards)} shards of its index, first {absent[0]}"
        raise IntegrityError(f"{lack}; take it from elsewhere.")
    if (listed := sum(sizes[shard] for shard in shards)) < total:
        raise IntegrityError(
            f"{model} has shards of {listed:,} bytes in the listing, but {total:,} in its index; take it "
            "from elsewhere."
        )
