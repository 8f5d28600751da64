"""Lines of drawn words, and what stands in for a detector."""

import pytest
from street import FixedDetector, draw_line, draw_street


@pytest.fixture(scope="session")
def line():
    return draw_line


@pytest.fixture(scope="session")
def detector():
    return FixedDetector


@pytest.fixture(scope="session")
def street():
    return draw_street()
