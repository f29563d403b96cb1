"""What is learned: the words of the reply, and two helps without which the picture is ignored for long.

Throw-away heads name the characters in each patch (from the last vision block) and in each visual token (from
the merger), and one attention head of the language model is told where to look for each copied character.
"""

import torch
from torch import nn
from transformers.models.qwen2_vl.modeling_qwen2_vl import apply_rotary_pos_emb

from qvq_mini.batches import IGNORED

LOOK_LAYER, LOOK_HEAD = 2, 0  # the attention head that is told where to look
EMPTY_PLACE_SHARE = 0.1  # of the places without a character that the heads are asked about: most hold none
EMPTY_PLACE_WEIGHT = 0.2  # without these two, the heads would learn to say "none" everywhere


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


def look_loss(attention, hidden, position_embeddings, looks):
    """How far one head is from looking at the visual token that the next token is copied from.

    `hidden` is what enters the attention (batch, length, width), `looks` the index of that visual token for
    each position (batch, length). Returns the cross-entropy and the share of positions that look right.
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


def losses(model, heads, batch: dict, heads_alone: bool = False):
    """The losses (language, glyph, look), and the shares of reply tokens, glyphs and looks that were right.

    With `heads_alone` the naming of characters teaches the heads only, not the tower.
    """
    inputs = model.get_input_embeddings()(batch["input_ids"])
    glyph, glyph_right = inputs.new_zeros(()), float("nan")
    if "pixel_values" in batch:
        seen = model.model.visual(batch["pixel_values"], grid_thw=batch["image_grid_thw"])
        mask = (batch["input_ids"] == model.config.image_token_id).unsqueeze(-1)
        inputs = inputs.masked_scatter(mask, seen.pooler_output.to(inputs.dtype))
        of_patches, of_tokens = (
            hidden.detach() if heads_alone else hidden
            for hidden in (seen.last_hidden_state, seen.pooler_output)
        )
        patch_loss, _ = heads["patch"](of_patches, batch["glyphs"])
        token_loss, glyph_right = heads["token"](of_tokens, batch["glyphs"])
        glyph = patch_loss + token_loss
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
    language = nn.functional.cross_entropy(scores.float(), targets[wanted])
    token_right = (scores.argmax(-1) == targets[wanted]).float().mean().item()
    return (language, glyph, look), (token_right, glyph_right, look_right)
