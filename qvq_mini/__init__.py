"""How qvq-mini is made: tokenizer, traces, dataset, model, training."""
