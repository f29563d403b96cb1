"""Shapes so small that a test can make and train them."""

SMALL = {
    "text": {
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
    },
    "vision": {"embed_dim": 64, "depth": 1, "num_heads": 2, "mlp_ratio": 2},
}
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
