"""Evaluation: words read, compared and reported."""
