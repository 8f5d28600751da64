"""Measurements of speed; README.md says what each script measures."""
