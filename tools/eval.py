"""Evaluates a model on every data set under Eval.dataset.data_dir and prints a table, a row per data set.

The exit code is 1 where a sample could not be read; the lines below the table say which and why.
"""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.metrics import PROTOCOLS
from ppocr_rare.utils.cli import add_decoding_flags, add_look_flags, config_parser, distinct_outputs, open_output, run


def main() -> int:
    parser = config_parser(__doc__)
    parser.add_argument("--protocol", choices=PROTOCOLS, help="how words are compared; default: as the config's metric")
    parser.add_argument("--save_pred", metavar="FILE", help="write every prediction, TSV")
    parser.add_argument("--report", metavar="FILE.html", help="write a page of the wrong words with their images")
    parser.add_argument("--benchmark", metavar="PAGE", help="write the benchmark page: PAGE.md, PAGE.json, PAGE.html")
    add_look_flags(parser, rotate_tall=False, views=1)  # published figures are without
    add_decoding_flags(parser, for_evaluation=True)
    args = parser.parse_args()
    # Imported here, so that --help and a mistyped option do not wait for Paddle.
    from ppocr_rare.builder import build_eval_sets
    from ppocr_rare.config import load_config
    from ppocr_rare.engine.evaluate.assemble import evaluate_sets, load_evaluator, load_reader, require_samples
    from ppocr_rare.engine.evaluate.benchmark.page import BenchmarkPage, page_files
    from ppocr_rare.engine.evaluate.report import PredictionWriter, WrongWords, format_notes, format_table
    from ppocr_rare.utils.ranks import join_ranks

    pages = page_files(args.benchmark) if args.benchmark else []
    outputs = distinct_outputs(parser, args.save_pred, args.report, *pages)
    config = load_config(args.config, args.opt)
    data_sets, ranks = build_eval_sets(config), join_ranks()
    require_samples(data_sets)
    with ExitStack() as stack:
        files = {path: stack.enter_context(open_output(path if ranks.is_first else os.devnull)) for path in outputs}
        evaluator, protocol = load_evaluator(config, args.protocol)
        listeners = [PredictionWriter(files[args.save_pred])] if args.save_pred else []
        if args.report:
            listeners.append(wrong_words := WrongWords(dict(data_sets)))
        if args.benchmark:
            listeners.append(benchmark := BenchmarkPage(config, evaluator, dict(data_sets), args.lexicon))
        results = evaluate_sets(config, evaluator, data_sets, listeners, load_reader(config, args))
        if args.report:
            files[args.report].write(wrong_words.page(results, protocol))
        if args.benchmark and ranks.is_first:
            for path, text in zip(pages, benchmark.texts(results, protocol), strict=True):
                files[path].write(text)
    if ranks.is_first:
        print(f"protocol: {protocol}", format_table(results), *format_notes(results), sep="\n")
    # The first rank's code alone: at any rank's, the launcher ends the others, be they in the middle of writing.
    return int(ranks.is_first and any(result.num_unusable for result in results))


if __name__ == "__main__":
    run(main)
