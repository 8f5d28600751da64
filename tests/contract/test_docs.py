"""What the pages say is there, is there; what is declared to be needed has a range and a reason."""

import ast
import re

import pytest
from material import ROOT

# Not what an installation leaves in build/, nor what is kept in folders of a dot.
PAGES = [
    path
    for path in sorted(ROOT.rglob("*.md"))
    if not any(part.startswith(".") or part == "build" for part in path.relative_to(ROOT).parts)
]
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    targets = [target for target in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_dependency_has_a_range_and_a_reason():
    lines = (ROOT / "setup.py").read_text(encoding="utf-8").splitlines()
    found = 0
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.match(r"[\w-]+>=", node.value):
            found += 1
            assert re.fullmatch(r"[\w-]+>=[\d.]+(,!=[\d.]+\.\*)*,<[\d.]+(; python_version >= '[\d.]+')?", node.value)
            nearby = lines[node.lineno - 3 : node.lineno]
            assert any("#" in line for line in nearby) or "paddlepaddle" in node.value, node.value
    assert found >= 12
