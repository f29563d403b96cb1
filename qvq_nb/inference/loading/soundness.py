"""Whether a model's numbers can be trusted: copies between GPUs, and the first output."""

from itertools import permutations

from qvq_nb.errors import QvqError

PEER_COPY_NUMBERS = 2**22  # 16 MiB go from each GPU to each other


def check_peer_copies(gpus: int, copy) -> None:
    """QvqError unless what each GPU sends to each other arrives as it was sent (huggingface/accelerate#4036).

    `copy(numbers, source, target)` gives the numbers as they arrive.
    """
    import torch

    sent = torch.arange(PEER_COPY_NUMBERS, dtype=torch.int32)
    for source, target in permutations(range(gpus), 2):
        if not torch.equal(copy(sent, source, target), sent):
            raise QvqError(
                f"What GPU {source} sends to GPU {target} arrives damaged, so the model would write "
                "nonsense. Use one GPU (CUDA_VISIBLE_DEVICES=0), or have the IOMMU switched off for peer "
                "copies; `qvq-nb doctor` checks again."
            )


def copy_between_gpus(numbers, source: int, target: int):
    """The numbers after their way from the CPU over one GPU and another."""
    return numbers.to(f"cuda:{source}").to(f"cuda:{target}").cpu()


class FirstLogits:
    """A logits processor for `generate`: QvqError if the first logits are NaN, before nonsense is written."""

    def __init__(self):
        self.seen = False

    def __call__(self, input_ids, scores):
        if not self.seen and scores.isnan().any():
            raise QvqError(
                "The model's first output is NaN, so all its text would be nonsense. Load it in bfloat16 "
                "instead of float16, and with several GPUs let `qvq-nb doctor` check the copies between them."
            )
        self.seen = True
        return scores
