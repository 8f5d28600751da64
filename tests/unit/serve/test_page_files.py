"""The page is served whole, with a policy of its own, and names nothing that it does not bring."""

import graphlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("httpx")
from fastapi.testclient import TestClient

from ppocr_rare.serve import page_files
from ppocr_rare.serve.app import make_app


@pytest.fixture
def client(recognizer):
    with TestClient(make_app(recognizer)) as client:
        yield client


STYLES = ["page.css", "cards.css", "evidence.css"]
SCRIPTS = ["page.js", "asking.js", "card.js", "choosing.js", "drawing.js", "elements.js", "keeping.js", "reading.js"]
SCRIPTS += ["telling.js"]
FILES = {"/": "text/html"} | {f"/{name}": "text/css" for name in STYLES}
FILES |= {f"/{name}": "text/javascript" for name in SCRIPTS}


@pytest.mark.parametrize(("path", "kind"), FILES.items())
def test_each_file_has_its_kind_and_the_pages_policy(client, path, kind):
    answer = client.get(path)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' blob: data:",
        "connect-src": "'self'", "frame-ancestors": "'none'", "base-uri": "'none'", "form-action": "'none'",
    }  # fmt: skip
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", FILES)
def test_nothing_is_taken_from_another_host_nor_run_from_the_markup(client, path):
    text = client.get(path).text.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"(https?:)?//[a-z]", text.replace("// ", ""))
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|\son[a-z]+=|style=", text)


def test_what_the_page_names_is_there(client):
    class Named(HTMLParser):
        names: list[str] = []

        def handle_starttag(self, tag, attributes):
            for name, value in attributes:
                if name in ("src", "href") and not value.startswith("data:"):
                    self.names.append(value)

    parser = Named()
    parser.feed(client.get("/").text)
    asked = re.findall(r'reached\(["`](\w+)', client.get("/asking.js").text)
    assert parser.names == [*STYLES, "page.js", "openapi.json"] and set(asked) == {"about", "read"}
    for name in [*parser.names, "about"]:
        assert client.get(f"/{name}").status_code == 200


def test_scripts_import_what_there_is_and_in_no_circle(client):
    imported = {name: set(re.findall(r'from "\./(.*?)"', client.get(f"/{name}").text)) for name in SCRIPTS}
    assert {"page.js"}.union(*imported.values()) == set(SCRIPTS)  # none is missing, and none is for nothing
    *_, last = graphlib.TopologicalSorter(imported).static_order()  # raises CycleError, which names the circle
    assert last == "page.js"


def test_the_page_has_no_file_but_these():
    names = {path.name for path in (Path(page_files.__file__).parent / "page").iterdir()}
    assert names == {"index.html", *STYLES, *SCRIPTS}
