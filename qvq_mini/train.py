"""Trains qvq-mini from scratch: `python -m qvq_mini.train --to DIR`, resumable with `--resume`.

Three stages. `read`: small pictures of text, with arithmetic on text alone. `cases`: the six
families. `cool`: the same with the learning rate falling to zero. With `--vision-from` the vision
tower of an earlier run is taken over and, but for its merger, held fast: the language model learns
faster from a tower that can read. With `--start-from` all weights and the vocabulary are taken over,
and fresh heads learn alone for a while. Without help the picture is ignored for long, so there are
two helps: throw-away heads name the characters in each patch (from the last vision block) and in
each visual token (from the merger), and one attention head of the language model is told where to
look for each copied character.
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
from transformers import AutoTokenizer, Qwen2VLForConditionalGeneration
from transformers.models.qwen2_vl.modeling_qwen2_vl import apply_rotary_pos_emb

from qvq_mini.dataset import GLYPHS_PER_PATCH, IGNORED, MERGE, SYSTEM_PROMPTS, Batches, sample_from
from qvq_mini.model import SHAPE, build_config, build_model, save
from qvq_mini.tokenizer import build_tokenizer
from qvq_nb.cases import FAMILIES
from qvq_nb.cases.chart import MODELS

MATRIX_LEARNING_RATE = 0.02  # of Muon; AdamW, for all that is no matrix, gets a tenth
HEAD_LEARNING_RATE = 0.002
HEADS_ALONE_STEPS = 300  # fresh heads would lead a tower that reads already astray
WEIGHT_DECAY = 0.02
WARM_UP_STEPS = 50
GLYPH_LOSS_WEIGHT = 0.5
LOOK_LOSS_WEIGHT = 0.5
LOOK_LAYER, LOOK_HEAD = 2, 0  # the attention head that is told where to look
EMPTY_PLACE_SHARE = 0.1  # of the places without a character that the heads are asked about: most hold none
EMPTY_PLACE_WEIGHT = 0.2  # without these two, the heads would learn to say "none" everywhere
READ_MIXTURE = [("reading", 8), ("arithmetic", 1)]
CASES_MIXTURE = [
    ("recognition", 2.8),
    ("invoice", 3.4),
    ("chart", 2.8),
    ("chemistry", 1.8),
    ("sofa", 1.4),
    ("derivative", 2.4),
    ("arithmetic", 1.6),
    ("reading", 0.2),
]
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
    """Names the characters in each patch or visual token; dropped after training."""

    def __init__(self, width: int, classes: int, glyphs: int):
        super().__init__()
        self.glyphs = glyphs
        self.norm = nn.LayerNorm(width)
        self.linear = nn.Linear(width, classes * glyphs)

    def forward(self, hidden, targets):
        """The loss, and the share of characters that are named rightly.

        `hidden` is (places, width); `targets` holds the classes of each place's characters, 0 for none.
        """
        targets = targets.reshape(len(hidden), self.glyphs)
        taken = (targets > 0).any(1)
        taken[:: round(1 / EMPTY_PLACE_SHARE)] = True
        targets = targets[taken].flatten()
        scores = self.linear(self.norm(hidden[taken])).unflatten(-1, (self.glyphs, -1)).flatten(0, 1).float()
        weights = scores.new_ones(scores.shape[-1])
        weights[0] = EMPTY_PLACE_WEIGHT
        drawn = targets > 0
        right = (scores.argmax(-1) == targets)[drawn].float().mean().item()
        return nn.functional.cross_entropy(scores, targets, weights), right


@cache
def vocabulary_texts() -> tuple[list[str], set[str]]:
    """Texts from which the vocabulary is made, and the words that stay spelled: all that is copied from pictures."""
    from qvq_mini.reading import WORDS

    random = Random("vocabulary")
    texts = list(SYSTEM_PROMPTS) * 100 + ["system\n", "user\n", "assistant\n"] * 100
    for source in (*FAMILIES, "arithmetic"):
        samples = [sample_from(source, random) for _ in range(400)]
        texts += [text for sample in samples for text in (sample.question, sample.reply)]
    texts += ["Read the text.", "读出文字。"] * 50 + list(WORDS)
    spelled = {
        word for name in (*MODELS, *WORDS) for word in name.replace("-", " ").replace("(", " ").split()
    }
    return texts, spelled


def glyph_alphabet() -> dict[str, int]:
    """A class for each character that can be drawn, and for each kind of bird; 0 is no character."""
    from qvq_nb.cases.drawing.font_subset import CHARACTERS
    from qvq_nb.cases.recognition import OTHERS

    characters = {chr(code) for code in range(33, 127)} | set(CHARACTERS)
    return {name: index for index, name in enumerate([*sorted(characters), "pelican", *OTHERS], 1)}


def look_loss(attention, hidden, position_embeddings, looks):
    """How far one head is from looking at the visual token that the next token is copied from.

    `hidden` is what enters the attention (batch, length, width), `looks` the index of that visual token for each
    position (batch, length). Returns the cross-entropy and the share of positions that look right.
    """
    width = attention.head_dim
    query = attention.q_proj(hidden)[..., LOOK_HEAD * width : (LOOK_HEAD + 1) * width].unsqueeze(1)
    key = attention.k_proj(hidden)[..., :width].unsqueeze(1)  # the first heads share the first keys
    query, key = apply_rotary_pos_emb(query, key, *position_embeddings)
    looks = looks[:, 1:]
    wanted = looks != IGNORED
    if not wanted.any():
        return hidden.new_zeros(()), float("nan")
    scores = (query.squeeze(1)[:, :-1] @ key.squeeze(1).transpose(1, 2)) * attention.scaling
    positions = torch.arange(hidden.shape[1], device=hidden.device)
    scores = scores.masked_fill(positions > positions[:-1, None], float("-inf"))[wanted].float()
    targets = looks[wanted]
    return nn.functional.cross_entropy(scores, targets), (scores.argmax(-1) == targets).float().mean().item()


def embed_patches_by_matrix(patch_embed) -> None:
    """Makes one matrix product of the convolution over patches, whose stride is its kernel: far faster on a CPU."""
    patch_embed.forward = lambda pixels: nn.functional.linear(pixels, patch_embed.proj.weight.flatten(1))


def losses(model, heads, batch: dict, heads_alone: bool = False):
    """The losses (language, glyph, look), and the shares of reply tokens, glyphs and looks that were right.

    With `heads_alone` the naming of characters teaches the heads only, not the tower.
    """
    inputs = model.get_input_embeddings()(batch["input_ids"])
    glyph_loss, glyph_right = inputs.new_zeros(()), float("nan")
    if "pixel_values" in batch:
        seen = model.model.visual(batch["pixel_values"], grid_thw=batch["image_grid_thw"])
        mask = (batch["input_ids"] == model.config.image_token_id).unsqueeze(-1)
        inputs = inputs.masked_scatter(mask, seen.pooler_output.to(inputs.dtype))
        named = [
            hidden.detach() if heads_alone else hidden
            for hidden in (seen.last_hidden_state, seen.pooler_output)
        ]
        patch_loss, _ = heads["patch"](named[0], batch["glyphs"])
        token_loss, glyph_right = heads["token"](named[1], batch["glyphs"])
        glyph_loss = patch_loss + token_loss
    attention = model.model.language_model.layers[LOOK_LAYER].self_attn
    entered = {}
    hook = attention.register_forward_pre_hook(
        lambda module, arguments, options: entered.update(options), with_kwargs=True
    )
    hidden = model.model.language_model(
        inputs_embeds=inputs, position_ids=batch["position_ids"], use_cache=False
    ).last_hidden_state
    hook.remove()
    look, look_right = look_loss(
        attention, entered["hidden_states"], entered["position_embeddings"], batch["looks"]
    )
    targets = batch["labels"][:, 1:]
    wanted = targets != IGNORED
    scores = model.lm_head(hidden[:, :-1][wanted])
    language_loss = nn.functional.cross_entropy(scores.float(), targets[wanted])
    token_right = (scores.argmax(-1) == targets[wanted]).float().mean().item()
    return (language_loss, glyph_loss, look), (token_right, glyph_right, look_right)


class Trainer:
    """The model, its glyph head, the optimizers and the step they have reached."""

    def __init__(
        self,
        seed: int,
        stages: Stages,
        device: str = "cpu",
        shape: dict = SHAPE,
        vision_from: Path | None = None,
        start_from: Path | None = None,
        learning_rate: float = MATRIX_LEARNING_RATE,
    ):
        self.seed, self.stages, self.device, self.step = seed, stages, device, 0
        texts, spelled = vocabulary_texts()
        self.alphabet = glyph_alphabet()
        if start_from:
            self.tokenizer = AutoTokenizer.from_pretrained(start_from, local_files_only=True)
            model = Qwen2VLForConditionalGeneration.from_pretrained(
                start_from, local_files_only=True, dtype=torch.float32, attn_implementation="sdpa"
            )
        else:
            self.tokenizer = build_tokenizer(texts, spelled)
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
        matrices, others = [], []
        for name, parameter in self.model.named_parameters():
            hidden_matrix = parameter.dim() == 2 and "embed_tokens" not in name
            (matrices if hidden_matrix else others).append(parameter)
        self.optimizers = [
            torch.optim.Muon(matrices, lr=learning_rate, weight_decay=WEIGHT_DECAY),
            torch.optim.AdamW(others, lr=learning_rate / 10, betas=(0.9, 0.95), weight_decay=WEIGHT_DECAY),
            torch.optim.AdamW(self.heads.parameters(), lr=HEAD_LEARNING_RATE, betas=(0.9, 0.95)),
        ]
        self.learning_rates = learning_rate, learning_rate / 10, HEAD_LEARNING_RATE

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
        data = Batches(
            self.tokenizer,
            self.alphabet,
            self.stages.mixture,
            lambda source: BATCH_SIZE.get(source, CASE_BATCH_SIZE),
            self.seed,
            self.step,
        )
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
        """Writes a checkpoint that `load` continues from exactly; the old one stays until the new one is whole."""
        tensors = {f"model.{name}": value for name, value in self.model.named_parameters()}
        tensors |= {f"heads.{name}": value for name, value in self.heads.named_parameters()}
        for number, optimizer in enumerate(self.optimizers):
            for index, state in optimizer.state_dict()["state"].items():
                tensors |= {f"optimizer.{number}.{index}.{name}": value for name, value in state.items()}
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / "checkpoint.partial"
        save_file(
            {name: value.detach().contiguous().cpu() for name, value in tensors.items()},
            partial,
            metadata={"step": str(self.step), "seed": str(self.seed)},
        )
        partial.replace(folder / "checkpoint.safetensors")

    def load(self, folder: Path) -> None:
        """Continues from a checkpoint."""
        path = folder / "checkpoint.safetensors"
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


def main(
    to: Path = typer.Option(..., help="The model folder to write."),
    read: int = typer.Option(400, help="Steps of the reading stage."),
    cases: int = typer.Option(1000, help="Steps on the six families."),
    cool: int = typer.Option(2900, help="Steps with the learning rate falling to zero."),
    minutes: float = typer.Option(None, help="Stop after so many minutes, with a checkpoint."),
    resume: bool = typer.Option(False, help="Continue from the checkpoint beside the model folder."),
    vision_from: Path = typer.Option(
        None, help="A trained model folder whose vision tower is taken over and held fast."
    ),
    start_from: Path = typer.Option(None, help="A trained model folder to go on from."),
    learning_rate: float = typer.Option(MATRIX_LEARNING_RATE, help="Of the matrices; the rest gets a tenth."),
    seed: int = 0,
    workers: int = 1,
    save_every: int = 200,
    device: str = "cpu",
):
    """Trains qvq-mini and writes it to a folder; checkpoint and log.csv go to a folder beside it."""
    trainer = Trainer(
        seed,
        Stages(read, cases, cool),
        device,
        vision_from=vision_from,
        start_from=start_from,
        learning_rate=learning_rate,
    )
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
