"""The page on a phone, in the dark, without motion, and for those who listen."""

import pytest
from material import ROOT

pytest.importorskip("selenium")

WORDS = [ROOT / "doc" / "imgs_words" / "en" / f"word_{number}.png" for number in (1, 2, 3)]


def test_a_phone_shows_all_of_it_without_scrolling_sideways(page, url, street, shoot):
    page.open(url, 360, 740, is_phone=True)
    camera = page.one("#take")
    assert page.one("#camera").is_displayed() and camera.get_attribute("capture") == "environment"
    page.choose(street[0], WORDS[0])
    page.all(".words li")[1].click()
    assert page.run("return document.documentElement.scrollWidth") <= 360
    outside = page.run("""
        return [...document.querySelectorAll("button, label, h2, p, li, td, th, img")].filter((one) => {
            const box = one.getBoundingClientRect();
            const room = one.closest("article, body").getBoundingClientRect(); // with a margin of 16 pixels inside
            return box.width && !one.closest(".unseen") && (box.left < room.left + 6 || box.right > room.right - 12);
        }).map((one) => one.outerHTML);
    """)
    assert outside == []
    shoot("phone")


def test_a_camera_is_offered_to_fingers_alone(page, url):
    page.open(url)
    assert not page.one("#camera").is_displayed()


# Of each text that is seen: its contrast with what is behind it, as WCAG 2 counts it.
_FAINT = """
function light(colour) {
  const [red, green, blue] = colour.match(/[\\d.]+/g).slice(0, 3).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
function ground(one) {
  const colour = getComputedStyle(one).backgroundColor;
  return colour === "rgba(0, 0, 0, 0)" && one.parentElement ? ground(one.parentElement) : colour;
}
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const faint = [];
let count = 0;
while (walker.nextNode()) {
  const one = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !one.checkVisibility() || one.closest(".unseen")) continue;
  const both = [light(getComputedStyle(one).color), light(ground(one))].sort((a, b) => b - a);
  const ratio = (both[0] + 0.05) / (both[1] + 0.05);
  count += 1;
  if (ratio < 4.5) faint.push([walker.currentNode.data, ratio]);
}
return [count, faint];
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out(page, url, street, shoot, tmp_path, scheme):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no image")
    page.fault = "422"
    page.open(url, prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    page.choose(street[0], WORDS[0], bad)
    page.all(".words li")[1].click()
    count, faint = page.run(_FAINT)
    assert count > 30 and faint == []
    assert not page.one(".failed .columns").is_displayed()  # there is nothing to show of it
    background = page.run("return getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(22, 21, 19)") is (scheme == "dark")
    shoot(scheme)


@pytest.mark.parametrize("wanted", ["reduce", "no-preference"])
def test_nothing_moves_for_those_who_do_not_want_it(page, url, wanted):
    page.open(url, prefers_reduced_motion=wanted)
    moving = page.run("""
        document.querySelector("#results").innerHTML = "<article class=reading><div class=picture></div></article>";
        const seconds = getComputedStyle(document.querySelector("#copy")).transitionDuration;
        return document.getAnimations().length + parseFloat(seconds);
    """)
    assert (moving > 0) is (wanted == "no-preference")


def test_everything_has_a_name_and_a_role(page, url, street):
    page.open(url)
    page.choose(street[0], WORDS[0])
    page.all(".words li")[1].click()
    for element in page.all("button, input, a, [role=listbox], [role=option], section, fieldset, main, svg[role=img]"):
        if page.run("return arguments[0].checkVisibility()", element):  # that of phones is not there
            assert element.accessible_name, element.get_attribute("outerHTML")
    roles = {element.aria_role for element in page.all("ul, ul li, #status, main, table, #drop input, fieldset")}
    assert {"listbox", "option", "status", "main", "table", "group"} <= roles
    assert all(image.get_attribute("alt") for image in page.all("img"))
    assert page.one(".words").accessible_name == "Words of street.png"
    assert page.all(".words li")[1].accessible_name.startswith("coffee score ")
    assert page.one("html").get_attribute("lang") == "en" and page.driver.title
    assert page.one("#status").get_attribute("aria-live") == "polite"
    assert [heading.tag_name for heading in page.all("h1, h2, h3")][:3] == ["h1", "h2", "h3"]
