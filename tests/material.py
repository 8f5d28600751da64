"""What the tests of engine and tools work with: word images, an LMDB, and a model that reads different words.

The model's weights are drawn, not learnt: what it reads makes no sense, but differs from image to image, in length too.
"""

import io
from pathlib import Path

import cv2
import lmdb
import numpy as np
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "configs" / "rec" / "rec_mv3_tps_bilstm_att.yml"


def word_image(number: int) -> np.ndarray:
    """Draws an image uint8 [32, 96, 3] of large patches; the number says which."""
    patches = np.random.default_rng(number).integers(0, 256, (2, 6, 3), np.uint8)
    return patches.repeat(16, axis=0).repeat(16, axis=1)


def png(image: np.ndarray) -> bytes:
    """Encodes an array of OpenCV's order of channels."""
    return cv2.imencode(".png", image)[1].tobytes()


def pillow_file(image: Image.Image, kind: str, **options) -> bytes:
    """Encodes an image of Pillow's, for what OpenCV cannot write."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def write_large_and_turned(source: Path, folder: Path) -> None:
    """Writes a word of 32 × 100 pixels anew: ``word_turned_*.png``, on its side, either way, and ``word_large.png``.

    The latter is eight times as large, and bilinear sampling sees nothing but white of it.
    """
    word = cv2.imread(str(source))
    for turn in (1, 3):
        cv2.imwrite(str(folder / f"word_turned_{turn}.png"), np.rot90(word, turn))
    large = cv2.resize(word, (800, 256), interpolation=cv2.INTER_CUBIC)
    for start in (3, 4):  # of each eight rows and columns those that would be looked at
        large[start::8] = large[:, start::8] = 255
    cv2.imwrite(str(folder / "word_large.png"), large)


def write_transparent(text: str, folder: Path) -> None:
    """Writes ``word_*_on_clear*.png``: dark and light text on a transparent ground, with alpha and with a palette."""
    from ppocr_rare.data.synth import shipped_fonts

    font = ImageFont.truetype(shipped_fonts()["Karla-Bold"], 28)
    for name, ink in (("dark", (20, 10, 30)), ("light", (250, 250, 240))):
        clear = Image.new("RGBA", (110, 36), (*ink, 0))
        ImageDraw.Draw(clear).text((6, 2), text, (*ink, 255), font)
        clear.save(folder / f"word_{name}_on_clear.png")
        clear.quantize(32).save(folder / f"word_{name}_on_clear_palette.png")


def write_lmdb(folder: Path, samples: list[tuple[bytes, bytes]], count: bytes | None = None) -> Path:
    """Writes (image, label) pairs; ``count`` is num-samples where it is not their number, b"" for no such entry."""
    folder.mkdir(parents=True)
    with lmdb.open(str(folder), map_size=1 << 24) as environment, environment.begin(write=True) as transaction:
        for number, (image, label) in enumerate(samples, start=1):
            transaction.put(b"image-%09d" % number, image)
            transaction.put(b"label-%09d" % number, label)
        if count != b"":
            transaction.put(b"num-samples", count or b"%d" % len(samples))
    return folder


def save_weights(prefix: Path) -> Path:
    """Writes the weights of CONFIG's model and returns the prefix."""
    import paddle

    from ppocr_rare import build_model, load_config
    from ppocr_rare.utils.checkpoint.save_load import save_checkpoint

    paddle.seed(3)
    model = build_model(load_config(CONFIG))
    for layer in model.backbone.sublayers():
        if isinstance(layer, paddle.nn.BatchNorm2D):
            layer._momentum = 0.0  # one batch gives its statistics: with the initial ones every image looks the same
    model.train()
    images = np.random.default_rng(0).uniform(-1, 1, (8, 3, 32, 100)).astype(np.float32)
    with paddle.no_grad():
        model.backbone(paddle.to_tensor(images))
    for stage in (model.neck, model.head):
        for parameter in stage.parameters():
            parameter.set_value(parameter * 4.0)  # makes probabilities differ
    # What would be read as 7, which is often, ends a word.
    for parameter in (model.head.generator.weight, model.head.generator.bias):
        values = parameter.numpy()
        values[..., [8, -1]] = values[..., [-1, 8]]
        parameter.set_value(values)
    save_checkpoint(model, prefix)
    return prefix
