"""The page for people: files of this package, with what a browser may do with them."""

from pathlib import Path

from fastapi import FastAPI, Response

_FOLDER = Path(__file__).parent / "page"
_FILES = {
    "/": ("index.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
    "/asking.js": ("asking.js", "text/javascript"),
    "/drawing.js": ("drawing.js", "text/javascript"),
}
# Its own script and style, and images that it was given or answered: nothing is loaded from or sent to another host.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def add_page(app: FastAPI) -> None:
    """Serves the page at ``/``.

    Args:
        app: gets its routes.
    """
    for path, (name, kind) in _FILES.items():
        _add_file(app, path, (_FOLDER / name).read_bytes(), f"{kind}; charset=utf-8")


def _add_file(app: FastAPI, path: str, content: bytes, kind: str) -> None:
    @app.get(path, include_in_schema=False)
    async def file() -> Response:
        return Response(content, media_type=kind, headers={"Content-Security-Policy": _POLICY})
