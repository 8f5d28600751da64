"""What people see of words: where they stand, what they were read from, and how they move from one to the next."""

import json
import urllib.request

import cv2
import numpy as np
import pytest
from material import ROOT
from PIL import Image

pytest.importorskip("selenium")
from selenium.webdriver.common.keys import Keys

from ppocr_rare import TextSpotter
from ppocr_rare.data.charset import Charset
from ppocr_rare.data.synth.scene import SceneSynthesizer
from ppocr_rare.data.synth.synthesizer import WordSynthesizer
from ppocr_rare.engine.read.crop_shape import is_photograph

WORDS = [ROOT / "doc" / "imgs_words" / "en" / f"word_{number}.png" for number in (1, 2, 3)]


def bounds(*polygons):
    """left, top, right, bottom of each."""
    return [[*np.min(polygon, axis=0), *np.max(polygon, axis=0)] for polygon in polygons]


@pytest.mark.parametrize("width", [1280, 360])
def test_boxes_lie_over_the_image_and_grow_with_it(page, url, street, width):
    path, upper, lower = street
    page.open(url, width)
    page.choose(path)
    assert page.texts(".words .text") == ["joint", "coffee", "bakery"]
    ((_, _, shown, _),) = page.drawn(".picture img")
    share = shown / 800
    outlines = np.array(page.drawn(".outline")) / share
    asked = f"{url}read?photograph=true&details=true&top_k=5"
    request = urllib.request.Request(asked, path.read_bytes(), {"Content-Type": "image/png"})
    with urllib.request.urlopen(request) as answer:
        words = json.load(answer)["images"][0]["words"]
    np.testing.assert_allclose(outlines, bounds(*(word["polygon"] for word in words)), atol=1)
    letters = np.array(page.drawn(".letter")) / share  # of the first word, which is chosen
    np.testing.assert_allclose(letters, bounds(*(one["box"] for one in words[0]["characters"])), atol=1)
    for (left, top, right, bottom), line in zip(outlines, (upper, upper, lower), strict=True):
        assert (
            cv2.pointPolygonTest(line, ((left + right) / 2, (top + bottom) / 2), True) > 10
        )  # where the word is drawn


def test_a_word_shows_what_it_was_read_from(page, url, street, shoot):
    page.open(url)
    page.choose(street[0])
    page.all(".words li")[2].click()
    assert page.texts("tbody th") == list("bakery")
    assert page.run("return document.querySelector('.looked img').naturalWidth") > 50  # its address is permitted
    rows = page.run("""
        return [...document.querySelectorAll("td.looked svg")].map((row) =>
            [...row.children].map((column) => Number(column.getAttribute("fill-opacity"))));
    """)
    assert len(rows) == 6 and all(max(row) == 1 for row in rows)
    seen = [row.index(1) for row in rows]
    assert seen == sorted(seen)  # from left to right
    assert len(page.all(".readings li")) == 4 and "bakery" not in page.texts(".readings .text")
    assert page.texts(".evidence .number")[0].endswith("%")
    assert [group.get_attribute("data-index") for group in page.all("g.chosen")] == ["2"]
    shoot("photograph")


def test_a_polygon_chooses_its_word(page, url, street):
    page.open(url)
    page.choose(street[0])
    page.run("document.querySelectorAll('.outline')[1].dispatchEvent(new MouseEvent('click', {bubbles: true}))")
    assert [row.get_attribute("aria-selected") for row in page.all(".words li")] == ["false", "true", "false"]
    assert page.texts("tbody th") == list("coffee")


def test_everything_is_done_by_keyboard(page, url, street):
    page.open(url)
    page.choose(street[0])
    page.run("document.activeElement.blur()")
    reached = []
    while not reached or page.focused.get_attribute("role") != "option":
        page.press(Keys.TAB)
        reached.append(page.focused.accessible_name)
        ringed = page.focused.find_element("xpath", "ancestor-or-self::*[self::label or not(self::input)][1]")
        assert ringed.value_of_css_property("outline-style") == "solid", reached
    wanted = ["Choose images", "automatic", "Copy all texts", "Download JSON", "Remove all"]
    wanted += ["Read as one word: street.png", "Remove street.png"]
    assert reached[:-1] == wanted

    def chosen():
        assert page.focused.get_attribute("aria-selected") == "true"
        return page.focused.text.split()[0], "".join(page.texts("tbody th"))

    for key, text in ((Keys.ARROW_DOWN, "coffee"), (Keys.END, "bakery"), (Keys.ARROW_DOWN, "bakery"),
                      (Keys.ARROW_UP, "coffee"), (Keys.HOME, "joint"), (Keys.ENTER, "joint")):  # fmt: skip
        page.press(key)
        assert chosen() == (text, text)


def test_how_an_image_is_read_can_be_changed(page, url, street):
    page.open(url)
    page.choose(street[0])
    page.one(".again").click()
    page.until(lambda: page.texts(".again") == ["Read as a photograph"])
    page.wait()
    assert len(page.all(".words li")) == 1
    page.run("document.querySelector('input[value=photograph]').click()")
    page.choose(WORDS[0])
    assert [card.get_attribute("class") for card in page.all("article")] == ["word", "photograph"]


@pytest.mark.parametrize("size", [(300, 300), (301, 301), (301, 900), (301, 903), (2000, 301), (4000, 3000), (32, 100)])
def test_photographs_are_told_as_the_package_tells_them(page, url, size):
    height, width = size
    page.open(url)
    told = page.driver.execute_async_script("""
        const [width, height, done] = arguments;
        import("/drawing.js").then((drawing) => done(drawing.looksLikePhotograph(width, height)));
    """, width, height)  # fmt: skip
    assert told is is_photograph(height, width)


def test_a_kind_that_the_browser_cannot_show_is_read_all_the_same(page, url, street, tmp_path):
    paths = tmp_path / "street.tif", tmp_path / "word.tif"
    for path, source in zip(paths, (street[0], WORDS[0]), strict=True):
        Image.open(source).save(path)
    page.open(url)
    page.choose(paths[0])
    assert page.texts(".words .text") == ["joint", "coffee", "bakery"]
    assert len(page.all(".outline")) == 3 and page.one("figcaption").is_displayed()
    page.run("document.querySelector('input[value=word]').click()")
    page.choose(paths[1])
    assert page.texts(".word .words .text") == ["joint"] and not page.one(".word .picture").is_displayed()


def test_a_drawn_scene_is_found_and_read(page, reader, served, shoot, tmp_path):
    """With the detector that the extra ``photo`` brings; doc/page.png is this test's screenshot, in 256 colours."""
    pytest.importorskip("rapidocr")
    scene = SceneSynthesizer(WordSynthesizer(Charset.from_file(None), ["shipped"])).draw((7, 18))
    path = tmp_path / "scene.png"
    cv2.imwrite(str(path), scene.image)
    with served(reader, TextSpotter(reader, drop_score=0)) as url:
        page.open(url, prefers_reduced_motion="reduce")
        page.choose(path)
        found = page.texts(".words .text")
        scores = [float(text.split()[1]) for text in page.texts(".words .number")]
        page.run("arguments[0].click()", page.all(".words li")[int(np.argmin(scores))])
        shoot("scene")
    wanted = {word.text.lower() for word in scene.words}
    assert len(wanted & set(found)) > 0.8 * len(wanted)
