"""What people do with the page: they give images, and take texts away."""

import json

import pytest
from material import ROOT

pytest.importorskip("selenium")


WORDS = [ROOT / "doc" / "imgs_words" / "en" / f"word_{number}.png" for number in (1, 2, 3)]
TEXTS = ["joint", "coffee", "market"]


def test_chosen_files_are_read_in_order(page, url, shoot):
    page.open(url)
    shoot("empty")
    page.choose(*WORDS)
    assert page.texts(".words .text") == TEXTS
    assert page.texts("h2") == [path.name for path in WORDS]
    assert page.status.startswith("3 words in 3 images.")
    page.all(".words li")[1].click()
    shoot("words")


@pytest.mark.parametrize("event", ["paste", "drop"])
def test_an_image_is_pasted_or_dropped(page, url, event):
    page.open(url)
    page.give(event, WORDS[1])
    assert page.texts(".words .text") == ["coffee"]
    page.give(event, WORDS[0])
    assert page.texts(".words .text") == ["coffee", "joint"]


@pytest.mark.parametrize("event", ["paste", "drop"])
def test_what_holds_no_image_is_told(page, url, event):
    page.open(url)
    page.run("""
        const data = new DataTransfer();
        data.setData("text/plain", "http://127.0.0.1/image.png");
        const init = { clipboardData: data, dataTransfer: data, bubbles: true };
        const kind = arguments[0] === "paste" ? ClipboardEvent : DragEvent;
        document.body.dispatchEvent(new kind(arguments[0], init));
    """, event)  # fmt: skip
    assert "image" in page.status and page.all("article") == []


def test_no_answer_is_lost_where_another_image_fails(page, url, tmp_path):
    cut, text = tmp_path / "cut.png", tmp_path / "notes.txt"
    cut.write_bytes(WORDS[2].read_bytes()[:-100])
    text.write_text("not for others")
    page.fault = "422"
    page.open(url)
    page.choose(WORDS[0], cut, text, WORDS[1])
    assert page.texts(".words .text") == ["joint", "coffee"]
    assert page.texts(".failed .state") == [
        f"It cannot be read: truncated image: the end of the file is missing after {len(cut.read_bytes())} bytes.",
        "This is no image; it was not sent.",
    ]
    assert page.status.startswith("2 words in 2 images; 2 images could not be read.")


def test_texts_and_json_are_taken_away(page, url, street, tmp_path):
    page.open(url)
    page.choose(street[0], WORDS[1])
    page.tell("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    page.one("#copy").click()
    page.until(lambda: "clipboard" in page.status)
    read = "const done = arguments[0]; navigator.clipboard.readText().then(done, done)"
    assert page.driver.execute_async_script(read) == "joint coffee bakery\ncoffee\n"
    page.tell("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    page.one("#download").click()
    page.until(lambda: (tmp_path / "words.json").exists())
    first, second = json.loads((tmp_path / "words.json").read_text(encoding="utf-8"))["images"]
    assert (first["name"], first["width"], len(first["words"])) == ("street.png", 800, 3)
    assert second["words"][0]["text"] == "coffee" and second["photograph"] is False


def test_without_the_clipboard_that_browsers_keep_for_tls_texts_are_copied_too(page, url):
    page.open(url)
    page.choose(WORDS[1])
    page.run("navigator.clipboard.writeText = () => Promise.reject(new Error('not permitted'))")
    page.one("#copy").click()
    page.until(lambda: "clipboard" in page.status)
    page.tell("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    read = "const done = arguments[0]; navigator.clipboard.readText().then(done, done)"
    assert page.driver.execute_async_script(read) == "coffee\n"
    assert page.focused.accessible_name == "Copy all texts"


def test_what_was_given_can_be_removed(page, url):
    page.open(url)
    page.choose(*WORDS)
    page.all(".remove")[1].click()
    assert page.texts(".words .text") == ["joint", "market"]
    assert page.focused.accessible_name == "Remove word_3.png"
    page.one("#clear").click()
    assert page.all("article") == [] and page.status == "" and not page.one("#tools").is_displayed()
    page.choose(WORDS[0])
    assert page.texts(".words .text") == ["joint"]


def test_a_service_that_is_gone_is_told_and_asked_again(page, url):
    page.fault = "ERR_BLOCKED"
    page.open(url)
    page.tell("Network.enable")
    page.tell("Network.setBlockedURLs", urls=["*/read*"])
    page.choose(WORDS[0])
    assert page.texts(".failed .state") == ["The service does not answer. Is it still running?"]
    page.tell("Network.setBlockedURLs", urls=[])
    page.one(".again").click()
    page.until(lambda: page.texts(".words .text") == ["joint"])
    assert page.all(".failed") == []


# What the service says stands before what it would say.
_FIRST = """
const answers = arguments[0], sent = window.sent = [], send = window.fetch;
window.fetch = async (address, request) => {
  sent.push(String(address));
  const answer = answers.shift();
  return answer ? new Response(answer.body, answer) : send(address, request);
};
"""


def test_a_busy_service_is_asked_again_when_it_says(page, url):
    page.open(url)
    busy = {"status": 503, "body": '{"detail": "too many images wait"}', "headers": {"Retry-After": "0.2"}}
    page.run(_FIRST, [busy, busy])
    page.one("#choose").send_keys(str(WORDS[0]))
    page.until(lambda: page.texts(".state") == ["waits, as the service is busy …"])
    page.wait()
    assert page.texts(".words .text") == ["joint"] and page.run("return sent.length") == 3


def test_a_service_that_stays_busy_is_told(page, url):
    page.open(url)
    busy = {"status": 503, "body": '{"detail": "too many images wait"}', "headers": {"Retry-After": "0.01"}}
    page.run(_FIRST, [busy] * 6)
    page.choose(WORDS[0])
    assert page.texts(".failed .state") == ["It was not read: too many images wait."]


def test_a_model_without_details_still_reads(page, url):
    page.open(url)
    page.run(_FIRST, [{"status": 422, "body": '{"detail": "this model was exported without details"}'}])
    page.choose(WORDS[0])
    assert page.texts(".words .text") == ["joint"]
    assert page.texts(".evidence") == ["There is nothing more to show of it."]
    first, second = page.run("return sent")
    assert "evidence" in first and "evidence" not in second and "top_k" not in second


def test_where_photographs_are_not_read_the_page_says_so(page, plain_url, street, shoot):
    page.open(plain_url)
    assert not page.one("fieldset").is_displayed() and "ppocr_rare[photo]" in page.one("#missing").text
    page.choose(street[0])
    assert len(page.all(".words li")) == 1 and not page.one(".again").is_displayed()
    shoot("without_photographs")


def test_names_of_files_are_only_ever_text(page, url, tmp_path):
    odd = tmp_path / "<img src=x onerror=document.title='bad'>.png"
    odd.write_bytes(WORDS[0].read_bytes())
    page.open(url)
    page.choose(odd)
    assert page.texts("h2") == [odd.name] and page.all("h2 img") == [] and "bad" not in page.driver.title
