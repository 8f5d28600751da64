"""Looks at a configuration, its files, its data and this machine, and says whether training can start.

A line each: ok, note (training can start, but look at it) or FAULT. Nothing is trained and no file is written; large
data sets are sampled. The exit code is 1 where there is a FAULT.
"""

import logging
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.utils.cli import config_parser, run
from ppocr_rare.utils.printable import escape_message


def main() -> int:
    args = config_parser(__doc__).parse_args()
    # Imported here, so that --help and a mistyped option do not wait for Paddle.
    from ppocr_rare.engine.doctor import examine, verdict

    logging.getLogger("ppocr_rare").handlers.clear()  # the report has the warnings as notes
    findings = []
    for finding in examine(args.config, args.opt):
        print(escape_message(str(finding)), flush=True)
        findings.append(finding)
    message, code = verdict(findings)
    print(f"\n{message}")
    return code


if __name__ == "__main__":
    run(main)
