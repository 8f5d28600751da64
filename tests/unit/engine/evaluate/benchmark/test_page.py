"""The names of the page's files; what is in them is tested in integration/test_benchmark_page.py."""

from ppocr_rare.engine.evaluate.benchmark.page import page_files


def test_files(tmp_path):
    assert page_files("out/page.v2") == ["out/page.v2.md", "out/page.v2.json", "out/page.v2.html"]
    inside = [f"{tmp_path}/benchmark{suffix}" for suffix in (".md", ".json", ".html")]
    assert page_files(str(tmp_path)) == page_files(f"{tmp_path}/") == inside
    assert page_files("new/") == ["new/benchmark.md", "new/benchmark.json", "new/benchmark.html"]
