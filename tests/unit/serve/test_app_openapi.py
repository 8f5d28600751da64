"""Whatever the OpenAPI page permits, and what it does not, gets an answer that the page describes."""

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
pytest.importorskip("schemathesis", reason="needs Python 3.11")
import schemathesis
from hypothesis import HealthCheck, given, settings
from served import served

from ppocr_rare.serve.app import make_app
from ppocr_rare.serve.protocol import BoundedProtocol

ASKED = ["POST /read", "POST /predict/ocr_rec"]
WATCHED = ["GET /health", "GET /ready", "GET /metrics", "GET /about"]
RIGHT, WRONG = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
# The page cannot say that a file has to be an image; of one that is none it describes the answer.
LEFT_OUT = [schemathesis.checks.positive_data_acceptance]
CASES = [*((route, mode) for route in ASKED for mode in (RIGHT, WRONG)), *((route, RIGHT) for route in WATCHED)]


@pytest.fixture(scope="module")
def api(recognizer_class):
    with served(make_app(recognizer_class()), BoundedProtocol) as port:
        yield schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/openapi.json")


@pytest.mark.parametrize(("route", "mode"), CASES, ids=lambda value: getattr(value, "value", value))
def test_each_answer_is_one_that_the_page_describes(api, route, mode):
    method, path = route.split()

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=api[path][method].as_strategy(generation_mode=mode))
    def check(case):
        answer = case.call()
        has_no_spotter = answer.status_code == 501  # which is described, and no fault
        left_out = [schemathesis.checks.not_a_server_error] if has_no_spotter else []
        case.validate_response(answer, excluded_checks=LEFT_OUT + left_out)

    check()


def test_no_route_is_left_out(api):
    assert {f"{one.ok().method.upper()} {one.ok().path}" for one in api.get_all_operations()} == {*ASKED, *WATCHED}
