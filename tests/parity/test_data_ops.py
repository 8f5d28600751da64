"""Labels, decoding, metric, resizing and image decoding against what PaddleOCR 2.8.1 gave (see data/README.md)."""

import base64
import importlib.util
import json
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from material import png
from rapidfuzz.distance import Levenshtein

from ppocr_rare.data.charset import Charset
from ppocr_rare.data.imaug import AttnLabelEncode, DecodeImage, RecResizeImg
from ppocr_rare.errors import SampleError
from ppocr_rare.metrics import RecMetric
from ppocr_rare.metrics.rec_metric import WordScores
from ppocr_rare.postprocess import AttnLabelDecode
from ppocr_rare.utils.images import resize_norm_img

DATA = Path(__file__).parent / "data"
RECORDS = json.loads((DATA / "data_ops.json").read_text(encoding="utf-8"))
DICTIONARIES = Path(importlib.util.find_spec("ppocr_rare").origin).parent / "utils" / "dict"

_spec = importlib.util.spec_from_file_location("data_ops", DATA / "data_ops.py")
rules = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(rules)


@pytest.fixture(scope="module")
def arrays():
    with np.load(DATA / "data_ops.npz") as file:
        return dict(file)


@pytest.fixture
def make_charset(tmp_path):
    def make(name, use_space_char):
        if name is None:
            return Charset.from_file(None, use_space_char)
        path = tmp_path / f"{name}.txt"
        path.write_bytes(RECORDS["dictionaries"][name].encode("utf-8"))
        return Charset.from_file(path, use_space_char)

    return make


def or_zero(score):
    return 0.0 if score is None else score  # nan in PaddleOCR: row 4


@pytest.mark.parametrize("name", ["ic15", "en"])
def test_dictionaries_in_the_package_are_those_recorded(name):
    assert (DICTIONARIES / f"{name}_dict.txt").read_bytes() == RECORDS["dictionaries"][name].encode("utf-8")


@pytest.mark.parametrize("record", RECORDS["images"], ids=lambda r: f"{r['height']}x{r['width']}")
def test_image_rule(record):
    image = rules.image(record["height"], record["width"], record["seed"])
    assert zlib.crc32(image.tobytes()) == record["crc32"]


@pytest.mark.parametrize(
    "record", RECORDS["attn_label_encode"], ids=lambda r: "-".join(map(str, r["settings"].values()))
)
def test_attn_label_encode(record, make_charset):
    settings = record["settings"]
    charset = make_charset(settings["character_dict_path"], settings["use_space_char"])
    assert ["sos", *charset.characters, "eos"] == record["characters"]
    assert (len(charset), charset.is_lower) == (record["classes"], record["lower"])
    assert [charset.sos_id, charset.eos_id] == record["ignored_tokens"]
    encode = AttnLabelEncode(charset=charset, max_text_length=settings["max_text_length"])
    for case in record["cases"]:
        if case["ids"] is None or "peer_defect" in case:  # row 5: no room for both sos and eos
            with pytest.raises(SampleError):
                encode({"label": case["text"]})
            continue
        sample = encode({"label": case["text"]})
        assert sample["label"].tolist() == case["ids"], case["text"]
        assert sample["label"].dtype == np.int64
        assert sample["length"] == case["length"]


def probabilities(rule):
    if rule["function"] == "random_probabilities":
        return rules.random_probabilities(rule["batch"], rule["steps"], rule["classes"], rule["seed"])
    peaks = rules.peaks(len(rule["ids"]), rule["peaks_seed"])
    return rules.peaked_probabilities(rule["ids"], peaks, rule["classes"])


def check_texts(got, records, stop_at_eos):
    assert len(got) == len(records)
    for (text, score), record in zip(got, records, strict=True):
        is_mended = stop_at_eos and record.get("text_after_eos_kept", False)
        assert text == record["text_up_to_first_eos" if is_mended else "text"]
        expected = record["score_up_to_first_eos" if is_mended else "score"]
        assert score == pytest.approx(or_zero(expected), abs=1e-6)


@pytest.mark.parametrize("stop_at_eos", [True, False])
@pytest.mark.parametrize("index", range(len(RECORDS["attn_label_decode"])))
def test_attn_label_decode(index, stop_at_eos, make_charset):
    record = RECORDS["attn_label_decode"][index]
    charset = make_charset(record["character_dict_path"], record["use_space_char"])
    decode = AttnLabelDecode(stop_at_eos, charset=charset)
    preds = probabilities(record["rule"])
    if "label" in record:
        texts, labels = decode(preds, np.asarray(record["label"]))
        check_texts(labels, record["label_results"], stop_at_eos)
    else:
        texts = decode(preds)
    check_texts(texts, record["results"], stop_at_eos)


@pytest.mark.parametrize("record", RECORDS["attn_label_decode_ids_only"], ids=lambda r: r["note"])
def test_attn_label_decode_ids_only(record):
    charset = Charset.from_file(None)
    arguments = ([record["ids"]], None, record["is_remove_duplicate"])
    as_recorded = AttnLabelDecode(stop_at_eos=False, charset=charset).decode(*arguments)
    assert as_recorded == [(record["text"], or_zero(record["score"]))]
    until_eos = record["ids"][: record["ids"].index(charset.eos_id)]
    cut = AttnLabelDecode(stop_at_eos=False, charset=charset).decode([until_eos], None, record["is_remove_duplicate"])
    assert AttnLabelDecode(charset=charset).decode(*arguments) == cut


def scored(pairs):
    return [(prediction, 1.0) for prediction, _ in pairs], [(target, 1.0) for _, target in pairs]


def rates(acc, norm_edit_dis, **_):
    return pytest.approx({"acc": acc, "norm_edit_dis": norm_edit_dis}, abs=1e-9)


@pytest.mark.parametrize("record", RECORDS["rec_metric"])
def test_rec_metric(record):
    metric = RecMetric(is_filter=record["is_filter"], ignore_space=record["ignore_space"])
    assert metric(scored(record["pairs"])) == rates(record["acc"], record["norm_edit_dis"])


@pytest.mark.parametrize("record", RECORDS["rec_metric_accumulated"])
def test_rec_metric_accumulated(record):
    metric = RecMetric(is_filter=record["is_filter"], ignore_space=record["ignore_space"])
    for pairs, expected in zip(record["batches"], record["per_batch"], strict=True):
        assert metric(scored(pairs)) == rates(**expected)
    assert metric.get_metric() == rates(**record["get_metric"])
    assert metric.get_metric() == rates(**record["get_metric_again_after_reset"])


@pytest.mark.parametrize("record", RECORDS["normalized_edit_distance"])
def test_normalized_edit_distance(record):
    assert Levenshtein.distance(*record["pair"]) == record["distance"]
    scores = WordScores()
    scores.add(*record["pair"])
    assert float(scores.sum_of_ned()) == pytest.approx(record["normalized"], abs=1e-9)


def describe_resize(record):
    mode = f"-infer-{record['character_dict_path']}" if record.get("infer_mode") else ""
    size = f"{record['height']}x{record['width']}"
    return f"{record['operation']}-{record['image_shape']}-{record.get('padding')}{mode}-{size}"


@pytest.mark.parametrize("record", RECORDS["resize"], ids=describe_resize)
def test_resize(record, arrays):
    if (
        record["shape"] != record["image_shape"]
    ):  # row 14: PaddleOCR's second rule, which lets the width follow the image
        assert record["infer_mode"] and record["character_dict_path"] == "set"
        record = next(r for r in RECORDS["resize"] if r["operation"] == "RecResizeImg" and is_same_resize(r, record))
    image = rules.image(record["height"], record["width"], record["seed"])
    if record["operation"] == "RecResizeImg":
        sample = RecResizeImg(record["image_shape"], padding=record["padding"])({"image": image})
        result, valid_ratio = sample["image"], sample["valid_ratio"]
    else:
        result, valid_ratio = resize_norm_img(image, record["image_shape"])
    assert list(result.shape) == record["shape"]
    assert result.dtype == np.float32
    assert np.abs(result[:, ::3, ::5] - arrays[record["array"]]).max() <= 1e-6
    assert result.sum(dtype=np.float64) == pytest.approx(record["sum"], abs=1e-6 * result.size)
    assert np.abs(result).sum(dtype=np.float64) == pytest.approx(record["abs_sum"], abs=1e-6 * result.size)
    if record["valid_ratio"] is not None:
        assert valid_ratio == pytest.approx(record["valid_ratio"], abs=1e-9)


def is_same_resize(record, other):
    return "infer_mode" not in record and all(
        record[key] == other[key] for key in ("height", "width", "seed", "image_shape", "padding")
    )


@pytest.mark.parametrize("record", RECORDS["decode_image"], ids=lambda r: r["name"])
def test_decode_image(record):
    data = base64.b64decode(record["bytes_base64"])
    if record["name"] == "png_rgba_17x53":  # PaddleOCR drops alpha, which is laid over a ground here
        data = png(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)[:, :, :3])
    for result in record["results"]:
        options = {key: result[key] for key in ("img_mode", "channel_first", "ignore_orientation") if key in result}
        decode = DecodeImage(**options)
        if "shape" not in result and "peer_defect" not in result:
            with pytest.raises(SampleError):
                decode({"image": data})
            continue
        image = decode({"image": data})["image"]
        assert image.dtype == np.uint8
        if "peer_defect" in result:  # GRAY, which always fails in PaddleOCR
            colours = DecodeImage(**{**options, "img_mode": "BGR"})({"image": data})["image"]
            assert image.shape == colours.shape
        elif record["name"].startswith("jpeg"):  # libjpeg versions round differently, by up to 2 grey levels
            assert list(image.shape) == result["shape"]
            assert int(image.sum()) == pytest.approx(result["sum"], abs=2 * image.size)
        else:
            assert list(image.shape) == result["shape"]
            assert zlib.crc32(np.ascontiguousarray(image).tobytes()) == result["crc32"]


@pytest.mark.parametrize("index", range(len(RECORDS["decode_image_generated"])))
def test_decode_image_generated(index):
    record = RECORDS["decode_image_generated"][index]
    image = rules.image(record["height"], record["width"], record["seed"])
    data = cv2.imencode(f".{record['encoded_as']}", image)[1].tobytes()
    decoded = DecodeImage(img_mode=record["img_mode"])({"image": data})["image"]
    assert list(decoded.shape) == record["shape"]
    assert zlib.crc32(decoded.tobytes()) == record["crc32"]
