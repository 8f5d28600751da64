"""What each way of decoding costs beside greedy decoding: drawn words, one look, the shipped weights.

Ways take turns; of each the median time counts. A lexicon is made once and used for all words; of a lexicon of its own
for each image, its making counts too where it says so.
"""

import argparse
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.utils.cli import run


def ways_of(recognizer, labels, words):
    """Each way by its name, as arguments of a call."""
    rng = random.Random(0)
    own = [[label, *rng.sample(words, 99)] for label in labels]
    return {
        "greedy": {},
        "with details": {"return_details": True},
        "beam 5": {"beam_width": 5},
        "beam 10": {"beam_width": 10},
        "beam 5, three readings": {"top_k": 3},
        "100 words for each image, prepared": {"lexicon": [recognizer.lexicon_of(mine) for mine in own]},
        "the same, made in the call": {"lexicon": own},
        f"{len(words)} words": {"lexicon": recognizer.lexicon_of(words)},
        f"{len(words)} words, beam 10": {"lexicon": recognizer.lexicon_of(words), "beam_width": 10},
        "pattern [a-z]+": {"pattern": "[a-z]+"},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--num", type=int, default=256, help="words (default: 256)")
    parser.add_argument("--lexicon", metavar="FILE", help="words, a line each (default: the renderer's English words)")
    parser.add_argument("--rounds", type=int, default=7, help="that count (default: 7)")
    parser.add_argument("--engine", choices=["onnx", "openvino", "paddle"], default="onnx", help="default: onnx")
    args = parser.parse_args()
    from ppocr_rare import TextRecognizer
    from ppocr_rare.data.charset import Charset
    from ppocr_rare.data.synth.synthesizer import WordSynthesizer
    from ppocr_rare.data.synth.words import WordList
    from ppocr_rare.engine.read.decoding.lexicon_file import read_lexicon

    words = read_lexicon(args.lexicon) if args.lexicon else list(WordList.shipped(lambda _: True).words)
    synthesizer = WordSynthesizer(Charset.from_file(None), fonts=["shipped"])
    drawn = [synthesizer.draw((0, number + 1)) for number in range(args.num)]
    images = [word.image for word in drawn]
    recognizer = TextRecognizer.from_pretrained(engine=args.engine, views=1, rotate_tall=False)
    ways = ways_of(recognizer, [word.text for word in drawn], words)
    times = {name: [] for name in ways}
    for _ in range(args.rounds + 1):
        for name, arguments in ways.items():
            began = time.perf_counter()
            recognizer(images, **arguments)
            times[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(values[1:]) for name, values in times.items()}  # the first round warms up
    print("decoding | ms a word | times greedy\n---|---|---")
    for name, median in medians.items():
        print(f"{name} | {1000 * median / len(images):.2f} | {median / medians['greedy']:.2f}")


if __name__ == "__main__":
    run(main)
