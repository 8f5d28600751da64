"""What runs: evaluation and prediction."""
