"""A shape so small that the tests of the training can train it."""

TINY = {
    "text": {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 3,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
    },
    "vision": {"embed_dim": 32, "depth": 1, "num_heads": 2, "mlp_ratio": 2},
}
