"""The processes that a run and the lab start: they end by themselves when their starter is gone."""
