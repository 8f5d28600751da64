"""The page in a real Chromium: a service in a thread, with a detector that is told where words stand."""

import base64
import contextlib
import json
import os
import shutil
import threading
import time
from pathlib import Path

import cv2
import pytest
from street import FixedDetector, draw_street

from ppocr_rare import TextRecognizer, TextSpotter

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMEDRIVER = shutil.which("chromedriver")


class Page:
    """What a person does with the page, and what it shows.

    ``fault`` is what the browser's console may hold, where a test is about that.
    """

    def __init__(self, driver):
        self.driver, self.fault = driver, None

    def open(self, url: str, width: int = 1280, height: int = 900, is_phone: bool = False, **media: str) -> None:
        """Loads the page anew, in a window of that size, for a person with these preferences."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 2 if is_phone else 1, "mobile": is_phone}
        self.tell("Emulation.setDeviceMetricsOverride", **metrics)
        self.tell("Emulation.setTouchEmulationEnabled", enabled=is_phone)
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
        self.tell("Emulation.setEmulatedMedia", features=features)
        self.driver.get(url)
        self.until(lambda: self.one("#about").text)

    def tell(self, command: str, **arguments: object) -> dict:
        """A command of the Chrome DevTools Protocol."""
        return self.driver.execute_cdp_cmd(command, arguments)

    def run(self, script: str, *arguments: object) -> object:
        return self.driver.execute_script(script, *arguments)

    def press(self, key: str) -> None:
        """Presses a key, wherever the focus is."""
        from selenium.webdriver import ActionChains

        ActionChains(self.driver).send_keys(key).perform()

    @property
    def focused(self):
        return self.driver.switch_to.active_element

    def one(self, selector: str):
        return self.driver.find_element("css selector", selector)

    def all(self, selector: str) -> list:
        return self.driver.find_elements("css selector", selector)

    def texts(self, selector: str) -> list[str]:
        return [element.text for element in self.all(selector)]

    def until(self, condition) -> None:
        end = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < end, self.one("body").text
            time.sleep(0.02)

    @property
    def status(self) -> str:
        return self.one("#status").text

    def choose(self, *paths: Path) -> None:
        """Chooses files, and waits until they are read."""
        self.one("#choose").send_keys("\n".join(map(str, paths)))
        self.wait()

    def wait(self) -> None:
        """Until everything is read."""
        self.until(lambda: self.status.endswith("."))

    def give(self, event: str, path: Path, kind: str = "image/png") -> None:
        """Pastes or drops a file, as far as a script can."""
        content = base64.b64encode(path.read_bytes()).decode()
        self.run(_GIVE, event, content, path.name, kind)
        self.wait()

    def drawn(self, selector: str) -> list[list[float]]:
        """left, top, right, bottom of elements, from the upper left corner of the first image."""
        return self.run(_DRAWN, selector)

    def picture(self, name: str, folder: Path) -> Path:
        """Saves how the whole page looks."""
        path = folder / f"page_{name}.png"
        data = self.tell("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(data))
        return path


_GIVE = """
const [event, content, name, kind] = arguments;
const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
const data = new DataTransfer();
data.items.add(new File([bytes], name, { type: kind }));
const told = event === "paste" ? new ClipboardEvent(event, { clipboardData: data, bubbles: true })
                               : new DragEvent(event, { dataTransfer: data, bubbles: true, cancelable: true });
document.body.dispatchEvent(told);
"""
_DRAWN = """
const image = document.querySelector(".picture img").getBoundingClientRect();
return [...document.querySelectorAll(arguments[0])].map((one) => {
  const box = one.getBoundingClientRect();
  return [box.left - image.left, box.top - image.top, box.right - image.left, box.bottom - image.top];
});
"""


@pytest.fixture(scope="session")
def reader():
    pytest.importorskip("onnxruntime")
    return TextRecognizer.from_pretrained(engine="onnx", views=1)


@contextlib.contextmanager
def serve(reader, spotter=None):
    """Runs a service in a thread; gives its address, and then stops it."""
    pytest.importorskip("fastapi")
    uvicorn = pytest.importorskip("uvicorn")
    from ppocr_rare.serve.app import make_app

    app = make_app(reader, spotter=spotter)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture(scope="session")
def served():
    return serve


@pytest.fixture(scope="session")
def street(tmp_path_factory):
    """A drawn photograph, large enough to look like one: its path, and the polygons of its two lines."""
    photograph, upper, lower = draw_street()
    path = tmp_path_factory.mktemp("street") / "street.png"
    cv2.imwrite(str(path), cv2.resize(photograph, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
    return path, 2 * upper, 2 * lower


@pytest.fixture(scope="session")
def url(reader, street):
    """Of a service that reads photographs, too."""
    spotter = TextSpotter(reader, FixedDetector(*street[1:]), drop_score=0)
    with serve(reader, spotter) as url:
        yield url


@pytest.fixture(scope="session")
def plain_url(reader):
    """Of a service that reads no photographs."""
    with serve(reader) as url:
        yield url


@pytest.fixture(scope="session")
def driver():
    webdriver = pytest.importorskip("selenium.webdriver")
    if not (CHROMIUM and CHROMEDRIVER):
        pytest.skip("no Chromium with its driver: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "hide-scrollbars"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(CHROMEDRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def page(driver):
    """The page. Afterwards: nothing was asked of another host, and nothing went wrong but what a test is about."""
    for kind in ("browser", "performance"):
        driver.get_log(kind)
    page = Page(driver)
    yield page
    asked = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    addresses = {one["params"]["request"]["url"] for one in asked if one["method"] == "Network.requestWillBeSent"}
    assert [address for address in addresses if not address.startswith(("http://127.0.0.1:", "blob:", "data:"))] == []
    faults = [entry["message"] for entry in driver.get_log("browser")]
    assert [fault for fault in faults if page.fault is None or page.fault not in fault] == []


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """Where screenshots are kept: the folder that PAGE_SCREENSHOTS names, or a temporary one."""
    named = os.environ.get("PAGE_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def shoot(page, pictures, capsys):
    """Takes a screenshot, and says where it is."""

    def take(name):
        path = page.picture(name, pictures)
        with capsys.disabled():
            print(f"\nscreenshot: {path}")

    return take
