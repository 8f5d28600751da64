import os

import pytest

from ppocr_rare.utils.open_file import open_file


def test_bytes_of_a_file_and_of_a_link_to_it(tmp_path):
    (tmp_path / "wörd").write_bytes(b"a\r\n")
    (tmp_path / "link").symlink_to(tmp_path / "wörd")
    for path in (tmp_path / "wörd", str(tmp_path / "link")):
        with open_file(path) as file:
            assert file.read() == b"a\r\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none", "No such file"),
        (".", "Is a directory"),
        ("pipe", "not an ordinary file"),
        ("/dev/zero", "not an ordinary file"),
        ("a\0b", "a character that no path may have"),
        ("a\ud800", "a character that no path may have"),
    ],
)
def test_paths_that_are_no_files(tmp_path, name, message):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError) as caught:
        open_file(os.path.join(tmp_path, name))
    assert message in caught.value.strerror


def test_a_number_is_no_path():
    with pytest.raises(TypeError):
        open_file(0)
