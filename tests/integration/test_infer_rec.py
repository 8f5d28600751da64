"""tools/infer_rec.py: where images come from, where lines go, and the exit code."""

import os
import re

import pytest
from material import CONFIG, png, word_image

from ppocr_rare import TextRecognizer, load_config

LINE = re.compile(r"[^\t]+\t[0-9a-z]*\t[01]\.[0-9]{4}")


@pytest.fixture(scope="session")
def expected(weights):
    """The line of the image of a number at a path, as the library reads it."""
    recognizer = TextRecognizer(config=load_config(CONFIG), weights=weights, use_gpu=False, views=1)

    def expected(path, number):
        word = recognizer(word_image(number))
        return f"{path}\t{word.text}\t{word.score:.4f}"

    return expected


@pytest.fixture
def infer(run_tool, weights):
    """``infer("infer_img=x", ...)``: runs the tool with these values of Global."""

    def infer(*settings):
        settings = ["use_gpu=False", f"pretrained_model={weights}", "save_res_path=", *settings]
        return run_tool("infer_rec", "-o", *(f"Global.{setting}" for setting in settings))

    return infer


def test_a_file(infer, words, expected):
    result = infer(f"infer_img={words}/3.png")
    assert (result.code, result.lines) == (0, [expected(words / "3.png", 3)])
    assert LINE.fullmatch(result.lines[0])


def test_a_folder_and_what_is_below_it(infer, words, expected):
    (words / "more").mkdir()
    (words / "more" / "x.PNG").write_bytes(png(word_image(9)))
    (words / "notes.txt").write_text("no image, and not said to be one")
    result = infer(f"infer_img={words}")
    assert result.code == 0
    assert result.lines == [expected(words / f"{n}.png", n) for n in range(6)] + [expected(words / "more" / "x.PNG", 9)]


def test_names_of_files_end_no_line_and_speak_to_no_terminal(infer, tmp_path, expected):
    for name in ("a\nb.png", "c\x1b[2J.png", "d\te.png"):
        (tmp_path / name).write_bytes(png(word_image(1)))
    (tmp_path / "z\n.png").write_text("no image")
    result = infer(f"infer_img={tmp_path}", f"save_res_path={tmp_path}/words.txt")
    names = [r"a\nb.png", r"c\x1b[2J.png", r"d\te.png"]
    assert result.lines[:3] == [expected(tmp_path / name, 1) for name in names]
    assert result.code == 1 and len(result.lines) == 4 and result.lines[3].startswith(rf"{tmp_path}/z\n.png")
    assert (tmp_path / "words.txt").read_text(encoding="utf-8").splitlines() == result.lines


def test_a_pattern_and_words_below_the_lowest_score(infer, words, expected):
    result = infer(f"infer_img={words}/[1-4].png")
    assert (result.code, result.lines) == (0, [expected(words / f"{n}.png", n) for n in range(1, 5)])
    judged = infer(f"infer_img={words}/[1-4].png", "min_score=1")
    assert (judged.code, judged.lines) == (0, [re.sub("\t.*\t", "\t\t", line) for line in result.lines])
    assert infer(f"infer_img={words}/*.gif").errors == [f"error: {words}/*.gif: no file or folder matches this pattern"]
    assert infer(f"infer_img={words}", "min_score=1.5").errors == ["error: min_score is from 0 to 1, not 1.5"]


def test_more_images_than_a_batch(infer, tmp_path, expected):
    for number in range(35):
        (tmp_path / f"{number:02}.png").write_bytes(png(word_image(number % 6)))
    result = infer(f"infer_img={tmp_path}")
    assert result.code == 0 and len(result.lines) == 35
    assert [line.split("\t")[1] for line in result.lines] == [
        expected("", number % 6).split("\t")[1] for number in range(35)
    ]


def test_a_list(infer, words, tmp_path, expected):
    (words / "list.txt").write_text("5.png\tlabel\n\n0.png\n", encoding="utf-8")
    lines = [expected(words / f"{n}.png", n) for n in (5, 0)]
    assert infer(f"infer_list={words}/list.txt").lines == lines  # infer_img of the file is no folder
    (words / "list.txt").rename(tmp_path / "list.txt")
    assert infer(f"infer_list={tmp_path}/list.txt", f"infer_img={words}").lines == lines


def test_lines_go_to_a_file_too(infer, words, tmp_path):
    result_file = tmp_path / "new" / "folder" / "words.txt"
    result = infer(f"infer_img={words}", f"save_res_path={result_file}")
    assert result_file.read_text(encoding="utf-8") == result.out
    assert len(result.lines) == 6


def test_a_result_file_that_cannot_be_written(infer, words):
    result = infer(f"infer_img={words}", f"save_res_path={words}")
    assert (result.code, result.out) == (1, "")
    assert result.errors == [f"error: {words} cannot be written: Is a directory"]


def test_all_ways_to_type_options(run_tool, weights, words, expected):
    result = run_tool(
        "infer_rec", "-o", f"Global.pretrained_model={weights}", "Global.use_gpu=False", "-p", "batch_range=[1,2]",
        "-o", "Global.save_res_path=", "-o", f"Global.infer_img={words}/0.png", f"Global.infer_img={words}/1.png",
    )  # fmt: skip
    assert (result.code, result.lines) == (0, [expected(words / "1.png", 1)])


def test_checkpoints_stand_in_for_pretrained_model(infer, weights, words):
    assert infer(f"infer_img={words}/1.png", "pretrained_model=", f"checkpoints={weights}.pdparams").code == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-o", "Global.use_gpu"], "expected path.to.key=value"),
        (["-o", "Global.use_gup=True"], "use_gpu"),
        (["-o", "Global.use_gpu=maybe"], "Global.use_gpu"),
        (["-o", "Architecture.Head.name=CTC"], "AttentionHead"),
        (["-c", "none.yml"], "none.yml: No such file"),
        (["-c", __file__], "line"),
        (["-o", "Global.infer_img="], "no image: say -o Global.infer_img"),
        (["-o", "Global.infer_img=none.png"], "none.png: no such file or folder"),
        (["-o", "Global.infer_list=none.txt"], "none.txt: No such file"),
        (["-o", "Global.infer_list=/"], "/: Is a directory"),
        (["-o", "Global.pretrained_model="], "no weights: say -o Global.pretrained_model"),
    ],
)
def test_what_cannot_be_is_one_message(run_tool, options, message):
    result = run_tool("infer_rec", "-o", "Global.use_gpu=False", f"Global.infer_img={__file__}", *options)
    assert (result.code, result.out) == (1, "")
    assert len(result.errors) == 1 and message in result.err.partition("error: ")[2]
    assert "Traceback" not in result.err


def test_as_a_user_runs_it(run_process, weights, words, expected):
    """From another folder, with stdout in ASCII, a bad image, and names that are not text."""
    (words / "1.png").write_bytes(b"")
    (words / "2.png").rename(words / "é.png")
    names = ["0.png", "1.png", "3.png", "4.png", "5.png", "\\xe9.png"]
    try:
        with open(os.fsencode(words) + b"/\xff.png", "wb") as file:
            file.write(png(word_image(0)))
        names.append("\\udcff.png")
    except OSError:
        pass  # this file system takes no such names
    result = run_process(
        "infer_rec", "-c", CONFIG, "-o", "Global.use_gpu=False", f"Global.pretrained_model={weights}",
        f"Global.infer_img={words}", "Global.save_res_path=out.txt",
        cwd=words, env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert result.code == 1
    assert [line.split("\t")[0] for line in result.lines] == [f"{words}/{name}" for name in names]
    assert result.lines[0] == expected(words / "0.png", 0)
    assert result.lines[1] == f"{words}/1.png\terror: empty file"
    assert (words / "out.txt").read_text(encoding="utf-8") == result.out.replace("\\xe9", "é")
    assert "Traceback" not in result.err
