"""Trains a model: checkpoints, train.log, train.png and config.yml go to Global.save_model_dir.

An interrupted training goes on with -o Global.checkpoints=FOLDER, bit for bit as if nothing had happened; a folder that
holds a training is not overwritten unless Global.overwrite=True.
Several cards or processes: python3 -m paddle.distributed.launch --gpus 0,1 tools/train.py -c ...
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.utils.cli import config_parser, run


def main() -> None:
    args = config_parser(__doc__).parse_args()
    # Imported here, so that --help and a mistyped option do not wait for Paddle.
    from ppocr_rare.config import load_config
    from ppocr_rare.engine.train.assemble import build_trainer
    from ppocr_rare.engine.train.output_folder import claimed_folder
    from ppocr_rare.utils.ranks import join_ranks

    config = load_config(args.config, args.opt)
    with claimed_folder(config, join_ranks()):
        trainer = build_trainer(config)
        if trainer.log:
            config.dump(str(trainer.settings.folder / "config.yml"))
        try:
            trainer.fit()
        finally:
            if trainer.log:
                trainer.log.close()


if __name__ == "__main__":
    run(main)
