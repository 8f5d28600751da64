"""Which images a file, a folder, a pattern and a list file name."""

import os

import pytest

from ppocr_rare.errors import DataError
from ppocr_rare.utils.image_paths import list_images, read_image_list


def test_list_of_a_folder_is_sorted_and_knows_images_by_extension(tmp_path):
    for name in ("b.PNG", "a.jpg", "sub/é 中.JpEg", "notes.txt", "png", "c.bmp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    expected = [os.path.join(tmp_path, name) for name in ("a.jpg", "b.PNG", "c.bmp", os.path.join("sub", "é 中.JpEg"))]
    assert list_images(tmp_path) == expected


def test_a_file_lists_itself_whatever_its_name(tmp_path):
    path = tmp_path / "notes.txt"
    path.touch()
    assert list_images(path) == [str(path)]


def test_the_path_stays_as_it_was_typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.png").touch()
    assert list_images("./a.png") == ["./a.png"]
    assert list_images(".") == ["./a.png"]


def test_a_pattern_lists_what_it_matches(tmp_path):
    for name in ("b.png", "a.png", "a.txt", "sub/c.png", "sub/deep/d.jpg", "[x].png"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).touch()

    def names(pattern):
        return [os.path.relpath(path, tmp_path) for path in list_images(tmp_path / pattern)]

    assert names("*.png") == ["[x].png", "a.png", "b.png"]
    assert names("a.*") == ["a.png", "a.txt"]  # as a single file, whatever its extension
    assert names("**/[cd].*") == [os.path.join("sub", "c.png"), os.path.join("sub", "deep", "d.jpg")]
    assert names("su?") == [os.path.join("sub", "c.png"), os.path.join("sub", "deep", "d.jpg")]
    assert names("[x].png") == ["[x].png"]  # a file of that name comes first
    with pytest.raises(DataError, match="no file or folder matches"):
        names("*.gif")


def test_no_image_to_list(tmp_path):
    with pytest.raises(DataError, match="no such file or folder"):
        list_images(tmp_path / "none")
    with pytest.raises(DataError, match="no image below this folder"):
        list_images(tmp_path)


def test_paths_of_a_list_file(tmp_path):
    path = tmp_path / "list.txt"
    path.write_bytes("\ufeffa.png\r\n\nsub/é b.png\tits label\n/c.png".encode())
    (tmp_path / "images").mkdir()
    for folder, start in ((None, tmp_path), (tmp_path / "none", tmp_path), (tmp_path / "images", tmp_path / "images")):
        assert read_image_list(path, folder) == [str(start / "a.png"), str(start / "sub/é b.png"), "/c.png"]


@pytest.mark.parametrize("data, message", [(b"\n\tlabel\n", "no path"), (b"\xff", "not UTF-8"), (None, "No such")])
def test_list_files_that_name_no_image(tmp_path, data, message):
    path = tmp_path / "list.txt"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(DataError, match=message):
        read_image_list(path)


def test_a_list_that_is_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "list.txt")
    with pytest.raises(DataError, match="list.txt: not an ordinary file"):
        read_image_list(tmp_path / "list.txt")
