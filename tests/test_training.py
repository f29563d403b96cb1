"""How qvq-mini is trained: a run goes on from where it was, and what is to learn is learned."""

import csv
from functools import partial

import pytest
import torch
import typer
from safetensors.torch import load_file
from shapes import TINY
from transformers import AutoConfig
from typer.testing import CliRunner

from qvq_mini import train
from qvq_mini.batches import Batches
from qvq_mini.shape import build_config, build_model
from qvq_mini.trainer import Trainer, embed_patches_by_matrix


def small_trainer(seed=0):
    return Trainer(seed, train.Stages(30, 0, 0), shape=TINY)


def small_batches(trainer):
    data = Batches(
        trainer.tokenizer, trainer.alphabet, lambda step: [("reading", 1)], lambda source: 8, 0, trainer.step
    )
    return iter(data)


@pytest.mark.slow
def test_a_few_steps_lower_the_loss(monkeypatch):
    monkeypatch.setattr(train, "WARM_UP_STEPS", 5)
    trainer = small_trainer()
    rows = [trainer.train_step(batch) for batch, _ in zip(small_batches(trainer), range(25))]
    first, last = (sum(row["language_loss"] for row in part) / 5 for part in (rows[:5], rows[-5:]))
    assert last < first - 1


@pytest.mark.slow
def test_a_resumed_run_continues_exactly_as_an_unbroken_one(tmp_path):
    unbroken = small_trainer()
    batches = small_batches(unbroken)
    for _ in range(2):
        unbroken.train_step(next(batches))
    unbroken.save(tmp_path)
    expected = [unbroken.train_step(next(batches)) for _ in range(2)]
    resumed = small_trainer(seed=0)
    resumed.load(tmp_path)
    assert resumed.step == 2
    batches = small_batches(resumed)
    assert [str(resumed.train_step(next(batches))) for _ in range(2)] == [str(row) for row in expected]


@pytest.mark.slow
def test_a_vision_tower_that_is_taken_over_is_held_fast_but_for_its_merger(untrained):
    trainer = Trainer(1, train.Stages(30, 0, 0), shape=TINY, vision_from=untrained)
    taken = load_file(untrained / "model.safetensors")
    merger = trainer.model.model.visual.merger.mlp[0].weight.clone()
    trainer.train_step(next(small_batches(trainer)))
    tower = trainer.model.model.visual.blocks.state_dict()
    assert tower and all(
        torch.equal(value, taken[f"visual.blocks.{name}"].float()) for name, value in tower.items()
    )
    assert not torch.equal(trainer.model.model.visual.merger.mlp[0].weight, merger)


def test_the_learning_rate_warms_up_stays_and_falls_to_zero():
    stages = train.Stages(read=100, cases=200, cool=100)
    assert stages.rate(0) < 0.1 and stages.rate(150) == stages.rate(290) == 1
    assert 0 < stages.rate(399) < 0.02 and stages.rate(350) == pytest.approx(0.5)


def test_the_matrix_product_over_patches_is_the_convolution(tokenizer):
    patch_embed = build_model(build_config(tokenizer, TINY)).model.visual.patch_embed
    pixels = torch.randn(8, 3 * 2 * 14 * 14)
    convolved = patch_embed(pixels)
    embed_patches_by_matrix(patch_embed)
    assert torch.allclose(patch_embed(pixels), convolved, atol=1e-4)


@pytest.mark.slow
def test_training_goes_on_from_finished_weights(untrained):
    trainer = Trainer(0, train.Stages(0, 2, 0), start_from=untrained)
    saved = load_file(untrained / "model.safetensors")
    assert torch.equal(trainer.model.lm_head.weight, saved["model.embed_tokens.weight"].float())
    trainer.train_step(next(small_batches(trainer)))
    assert not torch.equal(trainer.model.lm_head.weight, saved["model.embed_tokens.weight"].float())
    assert not torch.equal(
        trainer.model.model.visual.blocks[0].attn.qkv.weight, saved["visual.blocks.0.attn.qkv.weight"].float()
    )


@pytest.mark.slow
def test_the_command_stops_in_time_and_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(train, "Trainer", partial(Trainer, shape=TINY))
    application = typer.Typer()
    application.command()(train.main)
    words = ["--to", str(tmp_path / "model"), "--read", "2", "--cases", "0", "--cool", "0", "--workers", "0"]
    for more in (["--minutes", "0"], ["--resume"]):
        done = CliRunner().invoke(application, [*words, *more])
        assert done.exit_code == 0, done.output
    with open(tmp_path / "model-training" / "log.csv", encoding="utf-8") as file:
        assert [row["step"] for row in csv.DictReader(file)] == ["1", "2"]
    assert AutoConfig.from_pretrained(tmp_path / "model").text_config.hidden_size == 32
