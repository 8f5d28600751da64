"""deploy/serving/README.md: its clients are run, and what it says of proxies and Kubernetes fits the service."""

import base64
import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
import yaml
from material import ROOT
from running_service import WORDS, Service

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
pytest.importorskip("onnxruntime")
from ppocr_rare.serve.limits import MIB, Limits

TEXT = (ROOT / "deploy" / "serving" / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def service():
    service = Service()
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="module")
def texts(service) -> dict[str, str]:
    """What the service reads in each of the demo's images."""
    paths = sorted(WORDS.glob("*.png"))
    body = json.dumps({"images": [base64.b64encode(path.read_bytes()).decode() for path in paths]}).encode()
    status, answer = service.post("/read", body, {"Content-Type": "application/json"})
    assert status == 200
    return {path.name: word["text"] for path, word in zip(paths, answer["words"], strict=True)}


def output_of(service: Service, *command: str) -> str:
    command = tuple(word.replace("8866", str(service.port)) for word in command)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl(service, texts):
    lines = [line for block in blocks("") for line in block.splitlines() if line.startswith("curl")]
    lines = [line for line in lines if "street.jpg" not in line]  # a photograph of the reader's
    assert len(lines) >= 2
    for line in lines:
        words = json.loads(output_of(service, "bash", "-c", line))["words"]
        assert [word["text"] for word in words] == [texts[name] for name in re.findall(r"word_\d+\.png", line)]
        assert all(("characters" in word) == ("details=true" in line) for word in words)


def test_python(service, texts):
    (code,) = blocks("python")
    assert output_of(service, sys.executable, "-c", code).splitlines() == list(texts.values())


@pytest.mark.skipif(not shutil.which("node"), reason="Node.js is not installed")
def test_javascript(service, texts, tmp_path):
    (code,) = blocks("javascript")
    script = tmp_path / "words.mjs"
    script.write_text(code.replace("8866", str(service.port)), encoding="utf-8")
    paths = [str(WORDS / name) for name in texts]
    assert output_of(service, "node", str(script), *paths).splitlines() == list(texts.values())
    done = subprocess.run(["node", str(script)], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and "Error: 4" in done.stderr  # no image


def seconds(text: str) -> float:
    return float(text.removesuffix("s"))


def test_proxies_let_pass_what_the_service_takes_and_wait_as_long():
    limits = Limits()
    (nginx,), (caddy,) = blocks("nginx"), blocks("caddy")
    settings = dict(re.findall(r"^\s*(\w+) +([^{};]+);$", nginx, re.MULTILINE))
    assert settings["client_max_body_size"] == f"{limits.max_body_bytes // MIB}m"
    assert f"max_size {limits.max_body_bytes // MIB}MiB" in caddy
    longest = limits.body_timeout_s + limits.read_timeout_s
    assert seconds(settings["proxy_read_timeout"]) > longest
    assert seconds(re.search(r"read_timeout (\w+)", caddy)[1]) > longest
    assert seconds(settings["client_body_timeout"]) == limits.body_timeout_s
    kept = (ROOT / "ppocr_rare" / "serve" / "server.py").read_text(encoding="utf-8")
    most = int(re.search(r"timeout_keep_alive=(\d+)", kept)[1])
    assert seconds(settings["keepalive_timeout"]) < most and seconds(re.search(r"keepalive (\w+)", caddy)[1]) < most


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_nginx(service, texts, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (snippet,) = blocks("nginx")
    passwords = tmp_path / "passwords"
    passwords.write_text("reader:{PLAIN}secret\n")
    snippet = re.sub(r".*ssl_certificate.*\n", "", snippet).replace("443 ssl", f"127.0.0.1:{port}")
    snippet = snippet.replace("8866", str(service.port)).replace("/etc/nginx/words.htpasswd", str(passwords))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in kinds)
    whole = f"daemon off; master_process off; pid {tmp_path}/pid; error_log stderr; events {{}}\n"
    (tmp_path / "nginx.conf").write_text(whole + f"http {{ access_log off;\n{folders}{snippet} }}")
    process = subprocess.Popen(["nginx", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")])
    try:
        request = urllib.request.Request(f"http://127.0.0.1:{port}/read", (WORDS / "word_1.png").read_bytes())
        request.add_header("Content-Type", "image/png")
        request.add_header("Authorization", "Basic " + base64.b64encode(b"reader:secret").decode())
        until = time.monotonic() + 20
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert time.monotonic() < until
            time.sleep(0.1)
        answer = urllib.request.urlopen(request, timeout=20)
        assert json.load(answer)["words"][0]["text"] == texts["word_1.png"]
    finally:
        process.terminate()
        process.wait(20)


def test_kubernetes_asks_where_the_service_answers_and_waits_until_it_has_stopped(service):
    (text,) = blocks("yaml")
    pod = yaml.safe_load(text)["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    for probe in ("livenessProbe", "readinessProbe"):
        where = container[probe]["httpGet"]
        assert where["port"] == container["ports"][0]["containerPort"] and service.get(where["path"])
    pause = float(container["lifecycle"]["preStop"]["exec"]["command"][-1])
    assert pod["terminationGracePeriodSeconds"] > pause + Limits().stop_timeout_s
