"""One step of a small Qwen2-VL decoder, written out: from a token to the scores of the next one.

Sizes: B replies at once, hidden width h, Q query and K key heads of d numbers each, n tokens seen so far.
torch attends, and multiplies by float16 matrices; all else is numpy, whose operations start faster and whose
float32 products of one row are faster, too.
The norms' weights are multiplied into the matrices behind them, since each norm is followed by a product.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import scaled_dot_product_attention


@dataclass
class Seen:
    """What the decoder remembers of B replies: keys and values of each layer, of the first `length` tokens.

    `ahead` (B) is how far a token's position is ahead of its place in the cache: a picture takes fewer
    positions than tokens, padding none. `is_text` (B, 1, 1, room) is False for padding; None without any.
    """

    layers: np.ndarray  # (layers, B, 2K, room, d): keys first, then values
    length: int
    ahead: np.ndarray
    is_text: torch.Tensor | None = None

    def keep(self, rows: torch.Tensor) -> None:
        """Forgets every reply but these."""
        self.layers, self.ahead = self.layers[:, rows.numpy()], self.ahead[rows.numpy()]
        self.is_text = None if self.is_text is None else self.is_text[rows]


class SmallStep:
    """The decoder of a Qwen2-VL model on the CPU, with its weights in `dtype`; sums are float32."""

    def __init__(self, model, dtype: torch.dtype):
        config, decoder = model.config.get_text_config(), model.model.language_model
        self.dtype, self.epsilon = dtype, config.rms_norm_eps
        self.queries, self.keys = config.num_attention_heads, config.num_key_value_heads
        self.head = config.hidden_size // config.num_attention_heads
        self.embedding = decoder.embed_tokens.weight.detach().numpy()
        self.frequencies = decoder.rotary_emb.inv_freq.numpy()  # (d/2)
        # transformers turns number i of a head with number i + d/2; here they are neighbours, as one complex.
        self.neighbours = torch.arange(self.head).view(2, -1).T.flatten()
        self.layers = [self._matrices(layer) for layer in decoder.layers]
        self.output = self._stored(model.lm_head.weight * decoder.norm.weight)  # (h, vocabulary)

    def _matrices(self, layer) -> tuple:
        attention, mlp = layer.self_attn, layer.mlp
        projections = (attention.q_proj, attention.k_proj, attention.v_proj)
        turned = (torch.arange(self.queries + self.keys)[:, None] * self.head + self.neighbours).flatten()
        order = torch.cat([turned, torch.arange(len(turned), len(turned) + self.keys * self.head)])
        qkv = torch.cat([one.weight for one in projections])[order] * layer.input_layernorm.weight
        bias = torch.cat([one.bias for one in projections])[order].detach().numpy()
        norm = layer.post_attention_layernorm.weight
        gate_and_up = torch.cat([mlp.gate_proj.weight, mlp.up_proj.weight]) * norm
        matrices = (qkv, attention.o_proj.weight, gate_and_up)
        return (*map(self._stored, (*matrices, mlp.down_proj.weight)), bias)

    def _stored(self, matrix):
        """The matrix for rows from the left; numpy is fastest where each row of it lies in one piece."""
        matrix = matrix.detach().to(self.dtype).T
        return np.ascontiguousarray(matrix) if self.dtype == torch.float32 else matrix

    def begin(self, cache, room: int, ahead, attention_mask=None) -> Seen:
        """What the prefill of transformers left in its cache, with room for so many tokens in all."""
        rows, length = cache.layers[0].keys.shape[0], cache.get_seq_length()
        layers = np.empty((len(self.layers), rows, 2 * self.keys, room, self.head), np.float32)
        for own, layer in zip(layers, cache.layers):
            own[:, : self.keys, :length] = layer.keys[..., self.neighbours]
            own[:, self.keys :, :length] = layer.values
        if attention_mask is None:
            return Seen(layers, length, ahead.numpy())
        is_text = torch.ones(rows, 1, 1, room, dtype=torch.bool)
        is_text[:, 0, 0, :length] = attention_mask.bool()
        return Seen(layers, length, ahead.numpy(), is_text)

    def __call__(self, tokens: torch.Tensor, seen: Seen) -> torch.Tensor:
        """Scores of the next token (B, vocabulary) after these tokens (B), which are then seen, too."""
        x, n, rows = self.embedding[tokens.numpy()], seen.length, len(tokens)
        angles = ((n + seen.ahead)[:, None] * self.frequencies)[:, None]  # (B, 1, d/2)
        turn = (np.cos(angles) + 1j * np.sin(angles)).astype(np.complex64)
        is_text = None if seen.is_text is None else seen.is_text[..., : n + 1]
        for cache, (qkv, out, gate_and_up, down, bias) in zip(seen.layers, self.layers):
            heads = (self.product(norm(x, self.epsilon), qkv) + bias).reshape(rows, -1, self.head)
            heads.view(np.complex64)[:, : -self.keys] *= turn  # the rotary embedding of queries and keys
            cache[:, :, n] = heads[:, self.queries :]
            keys, values = cache[:, : self.keys, : n + 1], cache[:, self.keys :, : n + 1]
            query = heads[:, : self.queries].reshape(rows, self.keys, -1, self.head)
            found = scaled_dot_product_attention(*map(torch.from_numpy, (query, keys, values)), is_text)
            x = x + self.product(found.numpy().reshape(rows, -1), out)
            both = self.product(norm(x, self.epsilon), gate_and_up)
            gate, up = both[:, : len(down)], both[:, len(down) :]
            x = x + self.product(silu(gate) * up, down)
        seen.length = n + 1
        return torch.from_numpy(self.product(norm(x, self.epsilon), self.output))

    def product(self, x: np.ndarray, matrix: np.ndarray | torch.Tensor) -> np.ndarray:
        """Rows times a stored matrix."""
        if self.dtype == torch.float32:
            return x @ matrix
        return torch.mm(torch.from_numpy(x).to(self.dtype), matrix).float().numpy()


def norm(x, epsilon):
    """Root mean square norm of rows, without its weights."""
    mean = np.add.reduce(x * x, -1, keepdims=True) / np.float32(x.shape[-1])  # np.mean takes twice as long
    return x / np.sqrt(mean + np.float32(epsilon))


def silu(x):
    return x / (1 + np.exp(-x))
