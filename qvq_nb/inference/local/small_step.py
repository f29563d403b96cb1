"""One step of a small Qwen2-VL decoder, written out: from a token to the scores of the next one.

Sizes: B replies at once, hidden width h, Q query and K key heads of d numbers each, n tokens seen so far.
The norms' weights are multiplied into the matrices behind them, since each norm is followed by a product.
"""

from dataclasses import dataclass

import torch
from torch.nn.functional import linear, scaled_dot_product_attention, silu


@dataclass
class Seen:
    """What the decoder remembers of B replies: keys and values of each layer, of the first `length` tokens.

    `ahead` (B) is how far a token's position is ahead of its place in the cache: a picture takes fewer
    positions than tokens, padding none. `is_text` (B, 1, 1, room) is False for padding; None without any.
    """

    layers: torch.Tensor  # (layers, B, 2K, room, d): keys first, then values
    length: int
    ahead: torch.Tensor
    is_text: torch.Tensor | None = None

    def keep(self, rows: torch.Tensor) -> None:
        """Forgets every reply but these."""
        self.layers, self.ahead = self.layers[:, rows], self.ahead[rows]
        self.is_text = None if self.is_text is None else self.is_text[rows]


class SmallStep:
    """The decoder of a Qwen2-VL model on the CPU, with its weights in `dtype`; sums are float32."""

    def __init__(self, model, dtype: torch.dtype):
        config, decoder = model.config.get_text_config(), model.model.language_model
        self.dtype, self.epsilon = dtype, config.rms_norm_eps
        self.queries, self.keys = config.num_attention_heads, config.num_key_value_heads
        self.head = config.hidden_size // config.num_attention_heads
        self.embedding = decoder.embed_tokens.weight.detach()
        self.frequencies = decoder.rotary_emb.inv_freq  # (d/2)
        # transformers turns number i of a head with number i + d/2; here they are neighbours, as one complex.
        self.neighbours = torch.arange(self.head).view(2, -1).T.flatten()
        self.layers = [self._matrices(layer) for layer in decoder.layers]
        self.output = self._stored(model.lm_head.weight * decoder.norm.weight)  # (vocabulary, h)

    def _matrices(self, layer) -> tuple:
        attention, mlp = layer.self_attn, layer.mlp
        projections = (attention.q_proj, attention.k_proj, attention.v_proj)
        turned = (torch.arange(self.queries + self.keys)[:, None] * self.head + self.neighbours).flatten()
        order = torch.cat([turned, torch.arange(len(turned), len(turned) + self.keys * self.head)])
        qkv = torch.cat([one.weight for one in projections])[order] * layer.input_layernorm.weight
        bias = torch.cat([one.bias for one in projections])[order].detach()
        gate_up = (
            torch.cat([mlp.gate_proj.weight, mlp.up_proj.weight]) * layer.post_attention_layernorm.weight
        )
        matrices = (qkv, attention.o_proj.weight, gate_up, mlp.down_proj.weight)
        return (*map(self._stored, matrices), bias)

    def _stored(self, matrix):
        return matrix.detach().to(self.dtype)

    def begin(self, cache, room: int, ahead, attention_mask=None) -> Seen:
        """What the prefill of transformers left in its cache, with room for so many tokens in all."""
        rows, length = cache.layers[0].keys.shape[0], cache.get_seq_length()
        layers = torch.empty(len(self.layers), rows, 2 * self.keys, room, self.head)
        for own, layer in zip(layers, cache.layers):
            own[:, : self.keys, :length] = layer.keys[..., self.neighbours]
            own[:, self.keys :, :length] = layer.values
        if attention_mask is None:
            return Seen(layers, length, ahead)
        is_text = torch.ones(rows, 1, 1, room, dtype=torch.bool)
        is_text[:, 0, 0, :length] = attention_mask.bool()
        return Seen(layers, length, ahead, is_text)

    def __call__(self, tokens: torch.Tensor, seen: Seen) -> torch.Tensor:
        """Scores of the next token (B, vocabulary) after these tokens (B), which are then seen, too."""
        x, n, rows = self.embedding[tokens], seen.length, len(tokens)
        angles = ((n + seen.ahead)[:, None] * self.frequencies)[:, None]  # (B, 1, d/2)
        turn = torch.polar(torch.ones_like(angles), angles)
        is_text = None if seen.is_text is None else seen.is_text[..., : n + 1]
        for cache, (qkv, out, gate_up, down, bias) in zip(seen.layers, self.layers):
            heads = linear(self.norm(x), qkv).float().add_(bias).view(rows, -1, 2)
            heads = torch.view_as_complex(heads).view(rows, -1, self.head // 2)
            heads[:, : -self.keys] *= turn  # the rotary embedding of queries and keys
            heads = torch.view_as_real(heads).flatten(2)
            cache[:, :, n] = heads[:, self.queries :]
            keys, values = cache[:, :, : n + 1].split(self.keys, dim=1)
            query = heads[:, : self.queries].reshape(rows, self.keys, -1, self.head)
            found = scaled_dot_product_attention(query, keys, values, attn_mask=is_text)
            x = x + linear(found.reshape(rows, -1).to(self.dtype), out)
            gate, up = linear(self.norm(x), gate_up).float().chunk(2, dim=-1)
            x = x + linear((silu(gate) * up).to(self.dtype), down)
        seen.length = n + 1
        return linear(self.norm(x), self.output).float()

    def norm(self, x):
        """Root mean square norm, without its weights."""
        return (x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon)).to(self.dtype)
