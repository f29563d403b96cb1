"""Trains qvq-mini from scratch: `python -m qvq_nb.mini.train --to DIR`, resumable with `--resume`.

Three stages. `read`: small pictures of text, with arithmetic on text alone. `cases`: the six
families. `cool`: the same with the learning rate falling to zero. Throughout, a throw-away head on
the vision tower names the characters in each patch; without it the picture is ignored for long.
"""

import csv
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import torch
import typer
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from qvq_nb.cases import FAMILIES
from qvq_nb.cases.chart import MODELS
from qvq_nb.mini.dataset import GLYPHS_PER_PATCH, IGNORED, SYSTEM_PROMPTS, Batches, sample_from
from qvq_nb.mini.model import SHAPE, build_config, build_model, save
from qvq_nb.mini.tokenizer import build_tokenizer

MATRIX_LEARNING_RATE, OTHER_LEARNING_RATE = 0.02, 2e-3
WARM_UP_STEPS = 50
GLYPH_LOSS_WEIGHT = 0.5
EMPTY_PATCH_WEIGHT = 0.05  # most patches hold no character; unweighted, the head would learn to say so everywhere
READ_MIXTURE = [("reading", 8), ("arithmetic", 1)]
CASES_MIXTURE = [("recognition", 1.0), ("invoice", 1.2), ("chart", 1.5), ("chemistry", 1.0), ("sofa", 1.3),
                 ("derivative", 1.5), ("arithmetic", 1.2), ("reading", 0.6)]
BATCH_SIZE = {"reading": 32, "arithmetic": 48}
CASE_BATCH_SIZE = 12


@dataclass(frozen=True)
class Stages:
    """Lengths of the three stages in steps."""

    read: int
    cases: int
    cool: int

    @property
    def steps(self) -> int:
        """All steps together."""
        return self.read + self.cases + self.cool

    def mixture(self, step: int) -> list[tuple[str, float]]:
        """What a step's batch is drawn from."""
        return READ_MIXTURE if step < self.read else CASES_MIXTURE

    def rate(self, step: int) -> float:
        """The learning rate of a step, as a share of the full one."""
        return min((step + 1) / WARM_UP_STEPS, 1, max(self.steps - step, 0) / max(self.cool, 1))


class GlyphHead(nn.Module):
    """Names the characters in each patch from the last vision block; dropped after training."""

    def __init__(self, width: int, classes: int):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.linear = nn.Linear(width, classes * GLYPHS_PER_PATCH)

    def forward(self, hidden):
        """(patches, width) -> (patches, 2, classes)"""
        return self.linear(self.norm(hidden)).unflatten(-1, (GLYPHS_PER_PATCH, -1))


@cache
def vocabulary_texts() -> tuple[list[str], set[str]]:
    """Texts from which the vocabulary is made, and the words that stay spelled: all that is copied from pictures."""
    from qvq_nb.mini.reading import WORDS

    random = Random("vocabulary")
    texts = list(SYSTEM_PROMPTS) * 100 + ["system\n", "user\n", "assistant\n"] * 100
    for source in (*FAMILIES, "arithmetic"):
        samples = [sample_from(source, random) for _ in range(400)]
        texts += [text for sample in samples for text in (sample.question, sample.reply)]
    texts += ["Read the text.", "读出文字。"] * 50 + list(WORDS)
    spelled = {word for name in (*MODELS, *WORDS) for word in name.replace("-", " ").replace("(", " ").split()}
    return texts, spelled


def glyph_alphabet(texts: list[str]) -> dict[str, int]:
    """A class for each character that can be drawn, and for each kind of bird; 0 is no character."""
    from qvq_nb.mini.reading import BIRDS

    characters = {chr(code) for code in range(33, 127)} | {character for text in texts for character in text
                                                           if not character.isascii()}
    return {name: index for index, name in enumerate([*sorted(characters), *BIRDS], 1)}


def losses(model, head, batch: dict):
    """Language loss, glyph loss, and the shares of reply tokens and of glyphs that were right."""
    inputs = model.get_input_embeddings()(batch["input_ids"])
    glyph_loss, glyph_right = inputs.new_zeros(()), float("nan")
    if "pixel_values" in batch:
        seen = model.model.visual(batch["pixel_values"], grid_thw=batch["image_grid_thw"])
        mask = (batch["input_ids"] == model.config.image_token_id).unsqueeze(-1)
        inputs = inputs.masked_scatter(mask, seen.pooler_output.to(inputs.dtype))
        scores = head(seen.last_hidden_state).flatten(0, 1)
        targets = batch["glyphs"].flatten()
        weights = scores.new_ones(scores.shape[-1], dtype=torch.float32)
        weights[0] = EMPTY_PATCH_WEIGHT
        glyph_loss = nn.functional.cross_entropy(scores.float(), targets, weights)
        drawn = targets > 0
        glyph_right = (scores.argmax(-1) == targets)[drawn].float().mean().item()
    hidden = model.model.language_model(inputs_embeds=inputs, position_ids=batch["position_ids"],
                                        use_cache=False).last_hidden_state
    targets = batch["labels"][:, 1:]
    wanted = targets != IGNORED
    scores = model.lm_head(hidden[:, :-1][wanted])
    language_loss = nn.functional.cross_entropy(scores.float(), targets[wanted])
    return language_loss, glyph_loss, (scores.argmax(-1) == targets[wanted]).float().mean().item(), glyph_right


class Trainer:
    """The model, its glyph head, the optimizers and the step they have reached."""

    def __init__(self, seed: int, stages: Stages, device: str = "cpu", shape: dict = SHAPE):
        self.seed, self.stages, self.device, self.step = seed, stages, device, 0
        texts, spelled = vocabulary_texts()
        self.tokenizer = build_tokenizer(texts, spelled)
        self.alphabet = glyph_alphabet(texts)
        self.model = build_model(build_config(self.tokenizer, shape), seed).to(device).train()
        self.head = GlyphHead(self.model.config.vision_config.embed_dim, len(self.alphabet) + 1).to(device)
        matrices, others = [], list(self.head.parameters())
        for name, parameter in self.model.named_parameters():
            hidden_matrix = parameter.dim() == 2 and "embed_tokens" not in name
            (matrices if hidden_matrix else others).append(parameter)
        self.optimizers = [
            torch.optim.Muon(matrices, lr=MATRIX_LEARNING_RATE, weight_decay=0.01),
            torch.optim.AdamW(others, lr=OTHER_LEARNING_RATE, betas=(0.9, 0.95), weight_decay=0.01),
        ]

    def batches(self, workers: int):
        """The stream of batches from the current step on."""
        data = Batches(self.tokenizer, self.alphabet, self.stages.mixture,
                       lambda source: BATCH_SIZE.get(source, CASE_BATCH_SIZE), self.seed, self.step)
        return torch.utils.data.DataLoader(data, batch_size=None, num_workers=workers,
                                           prefetch_factor=4 if workers else None)

    def train_step(self, batch: dict) -> dict:
        """One step; returns what the log records."""
        batch = {name: value.to(self.device) if torch.is_tensor(value) else value for name, value in batch.items()}
        rate = self.stages.rate(self.step)
        for optimizer, full in zip(self.optimizers, (MATRIX_LEARNING_RATE, OTHER_LEARNING_RATE)):
            for group in optimizer.param_groups:
                group["lr"] = full * rate
        with torch.autocast(self.device.split(":")[0], dtype=torch.bfloat16):
            language_loss, glyph_loss, token_right, glyph_right = losses(self.model, self.head, batch)
        (language_loss + GLYPH_LOSS_WEIGHT * glyph_loss).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        return {"step": self.step, "source": batch["source"], "samples": len(batch["input_ids"]),
                "language_loss": round(language_loss.item(), 4), "glyph_loss": round(glyph_loss.item(), 4),
                "token_accuracy": round(token_right, 4), "glyph_accuracy": round(glyph_right, 4)}

    def save(self, folder: Path) -> None:
        """Writes a checkpoint that `load` continues from exactly; the old one stays until the new one is whole."""
        tensors = {f"model.{name}": value for name, value in self.model.named_parameters()}
        tensors |= {f"head.{name}": value for name, value in self.head.named_parameters()}
        for number, optimizer in enumerate(self.optimizers):
            for index, state in optimizer.state_dict()["state"].items():
                tensors |= {f"optimizer.{number}.{index}.{name}": value for name, value in state.items()}
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / "checkpoint.partial"
        save_file({name: value.detach().contiguous().cpu() for name, value in tensors.items()}, partial,
                  metadata={"step": str(self.step), "seed": str(self.seed)})
        partial.replace(folder / "checkpoint.safetensors")

    def load(self, folder: Path) -> None:
        """Continues from a checkpoint."""
        path = folder / "checkpoint.safetensors"
        with safe_open(path, "pt") as file:
            self.step = int(file.metadata()["step"])
        tensors = load_file(path, device=self.device)
        with torch.no_grad():
            for prefix, module in (("model", self.model), ("head", self.head)):
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


def main(to: Path = typer.Option(..., help="The model folder to write."),
         read: int = typer.Option(1200, help="Steps of the reading stage."),
         cases: int = typer.Option(4000, help="Steps on the six families."),
         cool: int = typer.Option(1500, help="Steps with the learning rate falling to zero."),
         minutes: float = typer.Option(None, help="Stop after so many minutes, with a checkpoint."),
         resume: bool = typer.Option(False, help="Continue from the checkpoint beside the model folder."),
         seed: int = 0, workers: int = 1, save_every: int = 200, device: str = "cpu"):
    """Trains qvq-mini and writes it to a folder; checkpoint and log.csv go to a folder beside it."""
    trainer = Trainer(seed, Stages(read, cases, cool), device)
    side = to.with_name(to.name + "-training")
    if resume:
        trainer.load(side)
    side.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with open(side / "log.csv", "a" if resume else "w", newline="") as file:
        log = None
        for batch in trainer.batches(workers):
            row = trainer.train_step(batch) | {"seconds": round(time.monotonic() - started, 1)}
            if log is None:
                log = csv.DictWriter(file, list(row))
                if not resume:
                    log.writeheader()
            log.writerow(row)
            file.flush()
            out_of_time = minutes is not None and time.monotonic() - started > 60 * minutes
            finished = trainer.step >= trainer.stages.steps
            if trainer.step % save_every == 0 or finished or out_of_time:
                trainer.save(side)
            if finished or out_of_time:
                break
    save(trainer.model, trainer.tokenizer, to)


if __name__ == "__main__":
    typer.run(main)
