"""The service as a process, for tests."""

import base64
import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from material import ROOT

WORDS = ROOT / "doc" / "imgs_words" / "en"
RAW = {"Content-Type": "image/png"}


class Service:
    """``tools/serve.py`` at a free port; its log is read as it comes."""

    def __init__(self, *options: str, num_workers: int = 1):
        command = [sys.executable, str(ROOT / "tools" / "serve.py"), "--port", "0", *options]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.log: list[dict] = []
        self._reading = threading.Thread(target=self._read_log)
        self._reading.start()
        self.port = self.wait_for("listening")["port"]
        self.wait_for_number("Application startup complete.", num_workers)

    def _read_log(self) -> None:
        for line in self.process.stderr or ():
            self.log.append(json.loads(line))

    def wait_for(self, message: str, **fields: object) -> dict:
        """The first such line of the log."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            for line in list(self.log):
                if line["message"] == message and fields.items() <= line.items():
                    return line
            time.sleep(0.01)
        raise AssertionError(f"{message} {fields} is not in {self.log}")

    def wait_for_number(self, message: str, number: int) -> None:
        """Waits until there are as many such lines."""
        until = time.monotonic() + 40
        while sum(line["message"] == message for line in list(self.log)) < number:
            assert time.monotonic() < until, self.log
            time.sleep(0.01)

    def wait_until_taken(self) -> None:
        """Waits until it has read what was sent before."""
        assert self.get("/health")

    def workers(self) -> list[int]:
        """Numbers of its processes but the first; multiprocessing's helper is none."""
        own = self.process.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text(encoding="ascii").split()
        commands = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
        return [child for child, command in commands.items() if b"resource_tracker" not in command]

    def stop(self) -> int:
        """Ends it as a supervisor does; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self._reading.join(5)
        return code

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return answer.read().decode()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)


def head(length: int) -> bytes:
    return b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n" % length


def in_json(paths: list[Path]) -> bytes:
    return json.dumps({"images": [base64.b64encode(path.read_bytes()).decode() for path in paths]}).encode()
