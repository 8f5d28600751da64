"""Evaluates a model on every data set under Eval.dataset.data_dir and prints a table, a row per data set.

The exit code is 1 where a sample could not be read; the lines below the table say which and why.
"""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.metrics import PROTOCOLS
from ppocr_rare.utils.cli import config_parser, open_output, run


def main():
    parser = config_parser(__doc__)
    parser.add_argument("--protocol", choices=PROTOCOLS, help="how words are compared; default: as the config's metric")
    parser.add_argument("--save_pred", metavar="FILE", help="write every prediction, TSV")
    parser.add_argument("--report", metavar="FILE.html", help="write a page of the wrong words with their images")
    args = parser.parse_args()
    if args.save_pred and args.save_pred == args.report:
        parser.error("--save_pred and --report name one file")
    # Imported here, so that --help and a mistyped option do not wait for Paddle.
    from ppocr_rare.builder import build_eval_sets
    from ppocr_rare.config import load_config
    from ppocr_rare.engine.evaluation import evaluate
    from ppocr_rare.engine.report import PredictionWriter, WrongWords, format_notes, format_table
    from ppocr_rare.utils.runtime import is_first_rank

    config = load_config(args.config, args.opt)
    data_sets = build_eval_sets(config)
    with ExitStack() as stack:

        def opened(path):  # before all else: a path that cannot be written must not cost an evaluation
            return stack.enter_context(open_output(path if is_first_rank() else os.devnull))

        listeners = []
        if args.save_pred:
            listeners.append(PredictionWriter(opened(args.save_pred)))
        if args.report:
            report = opened(args.report)
            listeners.append(wrong_words := WrongWords(dict(data_sets)))
        results, protocol = evaluate(config, data_sets, args.protocol, listeners)
        if args.report:
            report.write(wrong_words.page(results, protocol))
    if is_first_rank():
        print(f"protocol: {protocol}", format_table(results), *format_notes(results), sep="\n")
    return int(any(result.num_unusable for result in results))


if __name__ == "__main__":
    run(main)
