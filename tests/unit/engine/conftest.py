"""Weights that read something, written once."""

import pytest
from material import save_weights


@pytest.fixture(scope="session")
def weights(tmp_path_factory):
    """Prefix of weights for the small configuration."""
    return save_weights(tmp_path_factory.mktemp("weights") / "tiny")
