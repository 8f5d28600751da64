"""Reads words with ONNX Runtime and inference.yml alone: python3 read_words.py MODEL_DIR IMAGE ..."""

import math
import sys

import cv2
import numpy as np
import onnxruntime
import yaml

folder, *paths = sys.argv[1:]
with open(f"{folder}/inference.yml", encoding="utf-8") as file:
    model = yaml.safe_load(file)
onnxruntime.set_default_logger_severity(3)  # errors alone
session = onnxruntime.InferenceSession(f"{folder}/model.onnx", providers=["CPUExecutionProvider"])
channels, height, width = model["image_shape"]
classes = ["", *model["characters"], None]  # start of sequence, the dictionary, end of sequence


def pixels_of(path):
    """The image [H, W, 3]; what is transparent is laid over white, or over black where the text is light."""
    image, stored = cv2.imread(path, cv2.IMREAD_COLOR), cv2.imread(path, cv2.IMREAD_UNCHANGED)
    if stored.ndim == 3 and stored.shape[2] == 4 and stored.dtype == np.uint8 and stored[..., 3].any():
        alpha = stored[..., 3:] / 255
        is_light = np.average(cv2.cvtColor(stored[..., :3], cv2.COLOR_BGR2GRAY), weights=alpha[..., 0]) > 127
        image = np.rint(stored[..., :3] * alpha + (0 if is_light else 255) * (1 - alpha)).astype(np.uint8)
    if model["img_mode"] == "GRAY":
        return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return image[:, :, ::-1] if model["img_mode"] == "RGB" else image


def read(image):
    """Score and text of the word in an image."""
    image = np.ascontiguousarray(image)
    new_width = min(width, math.ceil(height * image.shape[1] / image.shape[0])) if model["padding"] else width
    is_averaged = model.get("interpolation") == "area" and new_width <= image.shape[1] and height <= image.shape[0]
    method = cv2.INTER_AREA if is_averaged else cv2.INTER_LINEAR
    pixels = cv2.resize(image, (new_width, height), interpolation=method).astype(np.float32) / 255
    x = np.zeros((1, channels, height, width), np.float32)  # padded on the right with 0
    x[0, :, :, :new_width] = ((pixels - model["mean"]) / model["std"]).transpose(2, 0, 1)
    steps = session.run(None, {"x": x})[0][0]
    word = [classes[step] for step in steps.argmax(axis=1)]
    end = word.index(None) if None in word and model["stop_at_eos"] else len(word)
    scores = [step.max() for step, character in zip(steps[:end], word[:end], strict=True) if character]
    return sum(scores) / max(1, len(scores)), "".join(character or "" for character in word[:end])


for path in paths:
    image = pixels_of(path)
    is_tall = image.shape[0] >= 1.5 * image.shape[1]  # the word may lie on its side
    turned = [np.rot90(image, turn) for turn in ((0, 1, -1) if is_tall else (0,))]
    print(path, max(map(read, turned))[1], sep="\t")
