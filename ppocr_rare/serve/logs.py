"""Log lines that machines read: one JSON object each, never with what is in an image."""

import json
import logging
import sys
import time

from ppocr_rare.engine.read.decoding import lexicon

LOGGERS = ("ppocr_rare", "uvicorn", "python_multipart", "asyncio")


class JsonFormatter(logging.Formatter):
    """Writes a record as an object: time, level, message, and what ``fields`` of the record adds."""

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
        line = {"time": moment, "level": record.levelname.lower(), "message": record.getMessage()}
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)  # so that no client can end a line or speak to a terminal


def log_as_json() -> None:
    """Sends the log of the package and of what it is served with to stderr in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False
    logging.getLogger(lexicon.__name__).setLevel(logging.ERROR)  # its warnings would quote what clients send
