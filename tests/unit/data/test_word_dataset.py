import pytest

from ppocr_rare.data.word_dataset import Part, WordDataset, distinct_names
from ppocr_rare.errors import SampleError
from ppocr_rare.utils.stats import Rejection


class Letters(WordDataset):
    """Samples a to e; c has no label, d no image."""

    def __len__(self):
        return 5

    def key(self, index):
        return f"#{index}"

    def read_text(self, index):
        if index == 2:
            raise SampleError("no label", "c")
        return "abcde"[index]

    def read_image(self, index):
        if index == 3:
            raise SampleError("no image", "d")
        return b"abcde"[index : index + 1]

    def sets(self):
        return [("first", 2), ("second", 3)]


def lengthen(sample):
    return {**sample, "label": sample["label"] * 2}


def refuse_b(sample):
    if sample["label"] == "bb":
        raise SampleError("b", "because")
    return sample


class Neighbourly:
    """Notes the neighbours that a sample has."""

    num_neighbours = 3

    def __call__(self, sample):
        return {**sample, "neighbours": list(sample["neighbours"])}


def neighbours_of(dataset, index=0, turn=0):
    """(label, key of what is drawn) of each."""
    sample = dataset.draw(index, turn)
    return [(other["label"], other["rng_key"]) for other in sample["neighbours"]]


def test_a_sample_holds_key_image_text_and_label():
    assert Letters().read(0) == {"key": "#0", "image": b"a", "text": "a", "label": "a"}


def test_transforms_find_a_key_for_what_they_draw():
    dataset = Letters(seed=7)
    assert dataset[4] == {"key": "#4", "image": b"e", "text": "e", "label": "e", "rng_key": (7, 0, 4, 0)}
    dataset.set_epoch(3)
    assert dataset[-1]["rng_key"] == (7, 3, 4, 0)
    assert dataset.draw(4, turn=2)["rng_key"] == (7, 3, 4, 2)
    (_, _), (_, second) = dataset.split_into_sets()
    second.set_epoch(5)
    assert second[2]["rng_key"] == (7, 5, 4, 0)  # as in the whole


def test_all_is_one_part_unless_mixed():
    assert Letters().mixture() == [Part(5, 1.0)]


def test_transforms_run_in_order_and_leave_the_text_alone():
    sample = Letters([lengthen, lengthen])[4]
    assert (sample["text"], sample["label"]) == ("e", "eeee")


def test_stages_are_the_sample_as_read_and_after_each_transform():
    assert [sample["label"] for sample in Letters([lengthen, lengthen]).stages(4)] == ["e", "ee", "eeee"]
    with pytest.raises(SampleError, match="no label"):
        list(Letters().stages(2))


def test_neighbours_follow_from_the_key_alone():
    dataset, again = Letters([Neighbourly()]), Letters([Neighbourly()])
    again.draw(4)  # whatever was drawn before
    drawn = {}
    for epoch in range(3):
        for part in (dataset, again):
            part.set_epoch(epoch)
        for turn in range(3):
            drawn[epoch, turn] = neighbours_of(dataset, 0, turn)
            assert neighbours_of(again, 0, turn) == drawn[epoch, turn]
    assert len({str([label for label, _ in found]) for found in drawn.values()}) > 4
    keys = [key for found in drawn.values() for _, key in found]
    assert len(set(keys)) == len(keys) and not any(len(key) == 4 for key in keys)  # each draws for itself


def test_neighbours_are_any_but_the_sample_itself():
    dataset, labels = Letters([Neighbourly()]), set()
    for turn in range(100):
        found = neighbours_of(dataset, 1, turn)
        assert len(found) <= 3  # c and d cannot be read: they are left out, and cost nothing
        labels.update(label for label, _ in found)
    assert labels == {"a", "e"}
    assert isinstance(dataset[2], Rejection)  # as without neighbours


def test_neighbours_have_passed_the_transforms_before():
    dataset = Letters([lengthen, refuse_b, Neighbourly(), lengthen])
    labels = {label for turn in range(50) for label, _ in neighbours_of(dataset, 4, turn)}
    assert labels == {"aa"}


def test_the_only_sample_has_no_neighbours():
    (_, part), _ = Letters([Neighbourly()]).split_into_sets()
    assert {label for turn in range(9) for label, _ in neighbours_of(part, 0, turn)} == {"b"}  # of its own set
    part._indices = range(1)
    assert neighbours_of(part) == []


def test_what_cannot_be_used_is_a_rejection_in_its_own_place():
    dataset = Letters([lengthen, refuse_b])
    assert dataset[1] == Rejection("#1", "b", "b", "because")
    assert dataset[2] == Rejection("#2", "", "no label", "c")
    assert dataset[3] == Rejection("#3", "d", "no image", "d")
    assert [getattr(item, "key", None) or item["key"] for item in dataset] == ["#0", "#1", "#2", "#3", "#4"]


def test_a_mistake_in_a_transform_is_not_a_rejection():
    with pytest.raises(ZeroDivisionError):
        Letters([lambda sample: 1 / 0])[0]


def test_indices_are_those_of_a_list():
    dataset = Letters()
    assert dataset[-1]["key"] == "#4"
    for index in (5, -6):
        with pytest.raises(IndexError):
            dataset[index]


def test_sets_are_parts_with_the_same_transforms():
    (first, one), (second, two) = Letters([lengthen]).split_into_sets()
    assert (first, second) == ("first", "second")
    assert [item["label"] for item in one] == ["aa", "bb"]
    assert [item.reason if isinstance(item, Rejection) else item["label"] for item in two] == [
        "no label",
        "no image",
        "ee",
    ]
    assert two.key(2) == "#4"
    assert two.sets() == [("second", 3)]


def test_the_full_name_stands_where_the_short_one_is_taken():
    assert distinct_names(["test", "a", "test"], ["x/test", "x/a", "y/test"]) == ["x/test", "a", "y/test"]
