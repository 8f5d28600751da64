"""The page for people: files of this package, with what a browser may do with them."""

from pathlib import Path

from fastapi import FastAPI, Response

_FOLDER = Path(__file__).parent / "page"
_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
# Its own script and style, and images that it was given or answered: nothing is loaded from or sent to another host.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def add_page(app: FastAPI) -> None:
    """Serves the page at ``/`` and its scripts and styles beside it.

    Args:
        app: gets its routes.
    """
    for file in sorted(_FOLDER.iterdir()):
        if file.suffix in _KINDS:
            path = "/" if file.name == "index.html" else f"/{file.name}"
            _add_file(app, path, file.read_bytes(), f"{_KINDS[file.suffix]}; charset=utf-8")


def _add_file(app: FastAPI, path: str, content: bytes, kind: str) -> None:
    @app.get(path, include_in_schema=False)
    async def file() -> Response:
        return Response(content, media_type=kind, headers={"Content-Security-Policy": _POLICY})
