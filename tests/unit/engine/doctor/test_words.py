"""Data sets whose samples were counted by hand."""

import numpy as np
import pytest
from material import png, word_image, write_lmdb

from ppocr_rare.engine.doctor import words
from ppocr_rare.engine.doctor.words import check_data, histogram, spread, survey_labels, take_survey

GOOD = png(word_image(0))  # 96 x 32


def found(findings, subject):
    return next((finding for finding in findings if finding.subject == subject), None)


def blank(width, height=32):
    return png(np.zeros((height, width, 3), np.uint8))


@pytest.mark.parametrize(("num", "limit"), [(0, 5), (1, 5), (2, 5), (7, 7), (100, 100), (1000, 1000)])
def test_spread_reaches_all_of_few(num, limit):
    assert sorted(spread(num, limit)) == list(range(num))


def test_spread_over_many():
    indices = spread(1_000_001, 101)
    assert sorted(indices) == list(range(0, 1_000_001, 10_000))
    assert spread(1_000_001, 101) == indices
    beginning = sorted(indices[:20])  # no stretch of a fifth of the data is left out
    assert max(np.diff([0, *beginning, 1_000_000])) < 200_000


def test_survey(make_words):
    samples = ["ab", "a-b-é", "x" * 30, "", (b"no image", "cd"), (GOOD[:-20], "cd"), "ab"]
    dataset = make_words(samples)
    survey = take_survey(dataset, dataset.transforms[1].charset)
    assert survey.num_looked_at == 7
    assert survey.lengths == {2: 4, 5: 1, 30: 1, 0: 1}
    assert survey.unknown == {"-": 2, "é": 1} and survey.num_with_unknown == 1
    assert survey.rejections.counts == {
        "label too long": 1, "empty label": 1, "not an image": 1, "truncated image": 1,
    }  # fmt: skip
    assert sorted(survey.usable) == [0, 1, 6]
    assert survey.aspects == [3.0] * 5  # the two that cannot be read have none
    assert survey.images_per_s == 7 / survey.seconds


def test_survey_ends_in_time(make_words):
    dataset = make_words(["ab"] * 50)
    assert take_survey(dataset, None, budget_s=0.0).num_looked_at == 1
    assert take_survey(dataset, None, limit=9).num_looked_at == 9


def test_labels_alone_are_looked_at_from_the_start_of_each_set(make_words):
    dataset = make_words(["a-", (b"no image", "é"), "ab", "cd", "--"])
    survey = survey_labels(dataset, dataset.transforms[1].charset, limit=4)
    assert (survey.num_looked_at, survey.num_with_unknown, dict(survey.unknown)) == (4, 2, {"-": 1, "é": 1})
    assert survey_labels(dataset, dataset.transforms[1].charset).num_looked_at == 5


def test_histogram():
    lengths = {1: 1, 2: 3, 5: 80, 23: 1, 25: 4}
    assert histogram(lengths, longest=23) == [
        "  1-3       4  ##",
        "  4-6      80  " + "#" * 40,
        "  7-9       0",
        "10-12       0",
        "13-15       0",
        "16-18       0",
        "19-21       0",
        "22-23       1  #",
        "  >23       4  ##",
    ]
    assert histogram({0: 2, 1: 2}, longest=8) == [f"    0       2  {'#' * 40}", f"    1       2  {'#' * 40}"]


def test_findings_on_good_words(make_case, tmp_path):
    write_lmdb(tmp_path / "words", [(GOOD, b"word")] * 6)
    case = make_case(f"Train.dataset.data_dir={tmp_path}", "Train.loader.batch_size_per_card=4")
    findings = [*check_data(case, "Train")]
    assert {finding.level for finding in findings} == {"ok"}
    assert "6 in 1 set; all were looked at" in found(findings, "Train samples").message
    assert found(findings, "Train epoch").message.startswith("1 step ")  # the last two are dropped
    assert found(findings, "Train labels").message == "4 to 4 characters, 4.0 on average"
    assert found(findings, "Train characters") is None
    assert "0.0% are wider than 100:32" in found(findings, "Train aspect").message


def test_findings_on_mixed_words(make_case, tmp_path, monkeypatch):
    monkeypatch.setattr(words, "MAX_CHARACTERS_SHOWN", 1)
    samples = [(GOOD, b"a-b!"), (blank(101), b""), (blank(100), b"y" * 24), (blank(400), b"z"), (b"", b"--")]
    write_lmdb(tmp_path / "b", samples)
    write_lmdb(tmp_path / "a", [(blank(200), b"q")] * 3)
    case = make_case(f"Train.dataset.data_dir={tmp_path}", "Train.loader.batch_size_per_card=4")
    findings = [*check_data(case, "Train")]
    assert found(findings, "Train samples").details == ("        3  a", "        5  b")
    unusable = found(findings, "Train unusable")
    assert unusable.level == "note" and unusable.message.startswith("3 of 8 (37.5%)")
    assert {"1 x empty label", "1 x label too long", "1 x empty file"} <= set(unusable.details)
    assert any(f"{tmp_path}/b#000000002" in line for line in unusable.details)
    labels = found(findings, "Train labels")
    assert labels.level == "note" and "1 empty and 1 longer than 23" in labels.message
    characters = found(findings, "Train characters")
    assert characters.message.startswith("2 labels (25.0%)") and characters.details == ("'-' 3 and 1 more",)
    aspect = found(findings, "Train aspect")  # 101, 400 and three of 200 out of 7 that can be decoded
    assert aspect.level == "note" and "71.4% are wider" in aspect.message


def test_nothing_usable(make_case, tmp_path):
    write_lmdb(tmp_path / "words", [(b"", b"word")] * 3)
    case = make_case(f"Train.dataset.data_dir={tmp_path}", f"Eval.dataset.data_dir={tmp_path}")
    assert found(check_data(case, "Train"), "Train unusable").level == "FAULT"
    assert found(check_data(case, "Eval"), "Eval unusable").level == "FAULT"


def test_no_batch_in_an_epoch(make_case, tmp_path):
    write_lmdb(tmp_path / "words", [(GOOD, b"word")] * 3)
    settings = [f"Train.dataset.data_dir={tmp_path}", "Train.loader.batch_size_per_card=4"]
    epoch = found(check_data(make_case(*settings), "Train"), "Train epoch")
    assert epoch.level == "FAULT" and "3 samples: one batch takes 4" in epoch.message
    kept = make_case(*settings, "Train.loader.drop_last=False")
    assert found(check_data(kept, "Train"), "Train epoch").level == "ok"


def test_every_missing_path(make_case, tmp_path):
    settings = (
        "Train.dataset={name: SimpleDataSet, data_dir: no/folder, label_file_list: [no/a, no/b], transforms: [%s]}"
    )
    operators = (
        "DecodeImage: {img_mode: BGR}", "AttnLabelEncode:", "RecResizeImg: {image_shape: [3, 32, 100]}",
        "KeepKeys: {keep_keys: [image, label, length]}",
    )  # fmt: skip
    case = make_case(settings % ", ".join(f"{{{operator}}}" for operator in operators))
    findings = [*check_data(case, "Train")]
    assert [(finding.level, finding.message.split()[0]) for finding in findings] == [
        ("FAULT", "no/folder"), ("FAULT", "no/a"), ("FAULT", "no/b"),
    ]  # fmt: skip
    assert "Train" not in case.surveys


def test_without_dictionary_images_are_looked_at(make_case, tmp_path):
    write_lmdb(tmp_path / "words", [(GOOD, b"word"), (b"x", b"-" * 30)])
    case = make_case(f"Train.dataset.data_dir={tmp_path}")
    case.charset = None
    findings = [*check_data(case, "Train")]
    assert found(findings, "Train characters") is None
    assert found(findings, "Train unusable").message.startswith("1 of 2")
