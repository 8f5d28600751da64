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
grey = model["img_mode"] == "GRAY"
classes = ["", *model["characters"], None]  # start of sequence, the dictionary, end of sequence
for path in paths:
    image = cv2.imread(path, cv2.IMREAD_COLOR)
    stored = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    if stored.ndim == 3 and stored.shape[2] == 4 and stored.dtype == np.uint8 and stored[..., 3].max() > 0:
        alpha = stored[..., 3:] / 255  # transparent: laid over white, or over black where the text is light
        light = np.average(cv2.cvtColor(stored[..., :3], cv2.COLOR_BGR2GRAY), weights=alpha[..., 0]) > 127
        image = np.rint(stored[..., :3] * alpha + (0 if light else 255) * (1 - alpha)).astype(np.uint8)
    image = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if grey else image
    image = np.stack([image] * 3, axis=2) if grey else image[:, :, ::-1] if model["img_mode"] == "RGB" else image
    new_width = min(width, math.ceil(height * image.shape[1] / image.shape[0])) if model["padding"] else width
    is_averaged = model.get("interpolation") == "area" and new_width <= image.shape[1] and height <= image.shape[0]
    method = cv2.INTER_AREA if is_averaged else cv2.INTER_LINEAR
    pixels = cv2.resize(image, (new_width, height), interpolation=method).astype(np.float32) / 255
    x = np.zeros((1, channels, height, width), np.float32)  # padded on the right with 0
    x[0, :, :, :new_width] = ((pixels - model["mean"]) / model["std"]).transpose(2, 0, 1)
    word = [classes[step] for step in session.run(None, {"x": x})[0][0].argmax(axis=1)]
    end = word.index(None) if None in word and model["stop_at_eos"] else len(word)
    print(path, "".join(character or "" for character in word[:end]), sep="\t")
