"""Reads words in images: path, text and score, a line each on stdout.

Global.infer_img is an image, a folder, or a pattern such as words/*.png; Global.infer_list, where set, a file with a
path a line, relative to Global.infer_img where that is a folder and else to the list itself. Global.save_res_path takes
the same lines. A word whose score is below Global.min_score is none that can be read: its text is empty. An image
higher than 1.5 times its width is read turned either way as well (Global.rotate_tall=False: as it is);
Global.views=doubtful reads words with a low score again.
The exit code is 1 where an image could not be read: its line says why.
"""

import sys
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tqdm import tqdm

from ppocr_rare.utils.cli import add_decoding_flags, config_parser, open_output, run
from ppocr_rare.utils.printable import row


def main() -> int:
    parser = config_parser(__doc__)
    add_decoding_flags(parser)
    args = parser.parse_args()
    # Imported here, so that --help and a mistyped option do not wait for Paddle.
    from ppocr_rare.config import load_config
    from ppocr_rare.engine.read.decoding.options import each_decoding_of, together
    from ppocr_rare.engine.read.image_source import images_of
    from ppocr_rare.engine.read.recognizer import TextRecognizer
    from ppocr_rare.engine.read.weights import pretrained_weights

    config = load_config(args.config, args.opt)
    paths = images_of(config)
    options = {name: config["Global"][name] for name in ("min_score", "rotate_tall", "views")}
    recognizer = TextRecognizer(config=config, weights=pretrained_weights(config), **options)
    has_failed = False
    with ExitStack() as stack:
        outputs = [sys.stdout]
        if result_file := config["Global"]["save_res_path"]:
            outputs.append(stack.enter_context(open_output(result_file)))
        way = together(each_decoding_of(args, paths, recognizer.lexicon_of))
        words = zip(paths, recognizer.iterate(paths, **way), strict=True)
        for path, word in tqdm(words, total=len(paths), unit="img", disable=None, leave=False):
            has_failed |= word.error is not None
            for output in outputs:
                tqdm.write(row(path, *word.cells()), file=output)
    return int(has_failed)


if __name__ == "__main__":
    run(main)
