"""What is told of a request that is refused."""

import pytest

pytest.importorskip("fastapi")
from ppocr_rare.serve.intake import retry_after


@pytest.mark.parametrize(("seconds", "told"), [(0, "1"), (0.2, "1"), (1.2, "2"), (59.9, "60"), (1e9, "60")])
def test_when_to_come_again_is_a_whole_number_of_seconds_within_a_minute(seconds, told):
    assert retry_after(seconds) == {"Retry-After": told}
