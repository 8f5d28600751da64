"""What the OpenAPI page says of bodies, which are read by hand, and of requests that are refused."""

from typing import Any

from ppocr_rare.serve.answers import HubRequest, PhotographsAnswer, Problem, ReadAnswer, ReadRequest

_Responses = dict[int | str, dict[str, Any]]

_FORM = {
    "type": "object",
    "required": ["files"],
    "properties": {"files": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}},
}
_FILE = {"schema": {"type": "string", "format": "binary"}}
READ_BODY = {
    "application/json": {"schema": ReadRequest.model_json_schema()},
    "multipart/form-data": {"schema": _FORM},
    "image/*": _FILE,
    "application/octet-stream": _FILE,
}
HUB_BODY = {"application/json": {"schema": HubRequest.model_json_schema()}}
PROBLEMS: _Responses = {
    400: {"model": Problem, "description": "no JSON, or a form that is damaged"},
    408: {"model": Problem, "description": "the body did not arrive in time"},
    413: {"model": Problem, "description": "the body is too large, or there are too many images"},
    422: {"model": Problem, "description": "another shape of request is needed, or no image"},
    500: {"model": Problem, "description": "a fault of the service"},
    503: {
        "model": Problem,
        "description": "too much waits",
        "headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}},
    },
    504: {"model": Problem, "description": "the images were not read in time, and will not be"},
}
READ_RESPONSES: _Responses = PROBLEMS | {
    415: {"model": Problem, "description": "a Content-Type that is not read"},
    422: {
        "model": ReadAnswer | PhotographsAnswer | Problem,
        "description": "none of the images could be read; or another shape is needed",
    },
    501: {"model": Problem, "description": "photographs are not read here"},
}
