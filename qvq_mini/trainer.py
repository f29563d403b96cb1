"""The trainer: the model with its throw-away heads, the optimizers, one step, and its checkpoints."""

from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import AutoTokenizer, Qwen2VLForConditionalGeneration

from qvq_mini.batches import GLYPHS_PER_PATCH, MERGE, Batches, glyph_alphabet
from qvq_mini.losses import GlyphHead, losses
from qvq_mini.samples import vocabulary_texts
from qvq_mini.shape import SHAPE, build_config, build_model
from qvq_mini.tokenizer import build_tokenizer
from qvq_nb.files import replacing

MATRIX_LEARNING_RATE = 0.02  # of Muon; AdamW, for all that is no matrix, gets a tenth
HEAD_LEARNING_RATE = 0.002
HEADS_ALONE_STEPS = 300  # fresh heads would lead a tower that reads already astray
WEIGHT_DECAY = 0.02
GLYPH_LOSS_WEIGHT = 0.5
LOOK_LOSS_WEIGHT = 0.5
CHECKPOINT = "checkpoint.safetensors"


def embed_patches_by_matrix(patch_embed) -> None:
    """Makes a matrix product of the convolution over patches, whose stride is its kernel: faster on a CPU."""
    patch_embed.forward = lambda pixels: nn.functional.linear(pixels, patch_embed.proj.weight.flatten(1))


class Trainer:
    """The model, its glyph heads, the optimizers and the step they have reached.

    `stages` tell each step's mixture and learning rate (`train.Stages`). With `vision_from` the vision tower
    of an earlier run is taken over and, but for its merger, held fast; with `start_from` all weights and the
    vocabulary are taken over.
    """

    def __init__(
        self,
        seed: int,
        stages,
        device: str = "cpu",
        shape: dict = SHAPE,
        vision_from: Path | None = None,
        start_from: Path | None = None,
        learning_rate: float = MATRIX_LEARNING_RATE,
    ):
        self.seed, self.stages, self.device, self.step = seed, stages, device, 0
        self.alphabet = glyph_alphabet()
        if start_from:
            self.tokenizer = AutoTokenizer.from_pretrained(
                start_from, local_files_only=True, trust_remote_code=False
            )
            model = Qwen2VLForConditionalGeneration.from_pretrained(
                start_from,
                local_files_only=True,
                trust_remote_code=False,
                dtype=torch.float32,
                attn_implementation="sdpa",
            )
        else:
            self.tokenizer = build_tokenizer(*vocabulary_texts())
            model = build_model(build_config(self.tokenizer, shape), seed)
        self.model = model.to(device).train()
        if vision_from:
            self._take_vision(vision_from)
        embed_patches_by_matrix(self.model.model.visual.patch_embed)
        vision, classes = self.model.config.vision_config, len(self.alphabet) + 1
        self.heads = nn.ModuleDict(
            {
                "patch": GlyphHead(vision.embed_dim, classes, GLYPHS_PER_PATCH),
                "token": GlyphHead(vision.hidden_size, classes, GLYPHS_PER_PATCH * MERGE**2),
            }
        ).to(device)
        self.heads_alone = HEADS_ALONE_STEPS if start_from else 0
        self._make_optimizers(learning_rate)

    def _make_optimizers(self, learning_rate: float) -> None:
        """Muon for the matrices inside the network, AdamW for everything else, and one more for the heads."""
        matrices, others = [], []
        for name, parameter in self.model.named_parameters():
            hidden_matrix = parameter.dim() == 2 and "embed_tokens" not in name
            (matrices if hidden_matrix else others).append(parameter)
        self.learning_rates = learning_rate, learning_rate / 10, HEAD_LEARNING_RATE
        of_matrices, of_others, of_heads = self.learning_rates
        betas = 0.9, 0.95
        self.optimizers = [
            torch.optim.Muon(matrices, lr=of_matrices, weight_decay=WEIGHT_DECAY),
            torch.optim.AdamW(others, lr=of_others, betas=betas, weight_decay=WEIGHT_DECAY),
            torch.optim.AdamW(self.heads.parameters(), lr=of_heads, betas=betas),
        ]

    def _take_vision(self, folder: Path) -> None:
        visual = self.model.model.visual
        tensors = load_file(folder / "model.safetensors", device=self.device)
        visual.load_state_dict(
            {
                name.removeprefix("visual."): value.float()
                for name, value in tensors.items()
                if name.startswith("visual.")
            }
        )
        visual.patch_embed.requires_grad_(False)
        visual.blocks.requires_grad_(False)

    def batches(self, workers: int):
        """The stream of batches from the current step on."""
        stages = self.stages
        data = Batches(self.tokenizer, self.alphabet, stages.mixture, stages.batch_size, self.seed, self.step)
        return torch.utils.data.DataLoader(
            data, batch_size=None, num_workers=workers, prefetch_factor=4 if workers else None
        )

    def train_step(self, batch: dict) -> dict:
        """One step; returns what the log records."""
        batch = {
            name: value.to(self.device) if torch.is_tensor(value) else value for name, value in batch.items()
        }
        rate = self.stages.rate(self.step)
        for optimizer, full in zip(self.optimizers, self.learning_rates):
            for group in optimizer.param_groups:
                group["lr"] = full * rate
        with torch.autocast(self.device.split(":")[0], dtype=torch.bfloat16):
            (language, glyph, look), shares = losses(
                self.model, self.heads, batch, self.step < self.heads_alone
            )
        (language + GLYPH_LOSS_WEIGHT * glyph + LOOK_LOSS_WEIGHT * look).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        numbers = {"language_loss": language.item(), "glyph_loss": glyph.item(), "look_loss": look.item()}
        numbers |= dict(zip(("token_accuracy", "glyph_accuracy", "look_accuracy"), shares))
        return {
            "step": self.step,
            "source": batch["source"],
            "samples": len(batch["input_ids"]),
            **{name: round(value, 4) for name, value in numbers.items()},
        }

    def save(self, folder: Path) -> None:
        """Writes a checkpoint that `load` goes on from exactly, whole or not at all."""
        tensors = {f"model.{name}": value for name, value in self.model.named_parameters()}
        tensors |= {f"heads.{name}": value for name, value in self.heads.named_parameters()}
        for number, optimizer in enumerate(self.optimizers):
            for index, state in optimizer.state_dict()["state"].items():
                tensors |= {f"optimizer.{number}.{index}.{name}": value for name, value in state.items()}
        tensors = {name: value.detach().contiguous().cpu() for name, value in tensors.items()}
        with replacing(folder / CHECKPOINT) as unfinished:
            save_file(tensors, unfinished, {"step": str(self.step), "seed": str(self.seed)})

    def load(self, folder: Path) -> None:
        """Continues from a checkpoint."""
        path = folder / CHECKPOINT
        with safe_open(path, "pt") as file:
            self.step = int(file.metadata()["step"])
        tensors = load_file(path, device=self.device)
        with torch.no_grad():
            for prefix, module in (("model", self.model), ("heads", self.heads)):
                for name, parameter in module.named_parameters():
                    parameter.copy_(tensors[f"{prefix}.{name}"])
        for number, optimizer in enumerate(self.optimizers):
            state = optimizer.state_dict()
            state["state"] = {}
            for key, value in tensors.items():
                if key.startswith(f"optimizer.{number}."):
                    _, _, index, name = key.split(".", 3)
                    state["state"].setdefault(int(index), {})[name] = value
            optimizer.load_state_dict(state)
