"""tools/eval.py: figures worked out by hand, the same however they are computed, and what is written beside them."""

import csv

import pytest
from material import CONFIG, png, word_image, write_lmdb

from ppocr_rare import TextRecognizer, load_config


@pytest.fixture(scope="session")
def read(weights):
    """``read(views="all")``: the texts of the images of the numbers 0 to 11."""

    def read(views):
        recognizer = TextRecognizer(config=load_config(CONFIG), weights=weights, use_gpu=False, views=views)
        return [word.text for word in recognizer([word_image(number) for number in range(12)])]

    return read


@pytest.fixture(scope="session")
def texts(read):
    texts = read(views=1)
    assert sum(map(bool, texts)) >= 8  # an empty label would be excluded
    return texts


@pytest.fixture(scope="session")
def labels(texts):
    """Labels of 12 images: those with a "-" before are right but for one character in a longer text."""
    return [text if number % 3 else f"-{text}" for number, text in enumerate(texts)]


@pytest.fixture(scope="session")
def data_dir(labels, tmp_path_factory):
    """Two data sets: ``a`` of the first 7 images, ``b/c`` of the other 5."""
    root = tmp_path_factory.mktemp("data")
    samples = [(png(word_image(number)), label.encode()) for number, label in enumerate(labels)]
    write_lmdb(root / "a", samples[:7])
    write_lmdb(root / "b" / "c", samples[7:])
    return root


@pytest.fixture
def evaluate(run_tool, weights):
    """``evaluate(data_dir, "--save_pred", file, batch=3, workers=2)`` runs the tool."""

    def evaluate(data_dir, *arguments, batch=32, workers=0):
        return run_tool(
            "eval", "-o", "Global.use_gpu=False", f"Global.pretrained_model={weights}",
            f"Eval.dataset.data_dir={data_dir}", f"Eval.loader.batch_size_per_card={batch}",
            f"Eval.loader.num_workers={workers}", "Eval.loader.use_shared_memory=False", *arguments,
        )  # fmt: skip

    return evaluate


def rows_of(result):
    """Rows of the table without images/s: name -> cells."""
    lines = result.lines
    start = next(number for number, line in enumerate(lines) if line.startswith("data set"))
    table = [line for line in lines[start + 1 :] if ": " not in line]  # the notes follow
    cells = [[cell for cell in line.split("  ") if cell.strip()] for line in table]
    return {row[0]: [cell.strip() for cell in row[1:5]] for row in cells}


def read_rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t"))


def test_figures(evaluate, data_dir, labels, texts):
    result = evaluate(data_dir, "--protocol", "exact")
    assert result.code == 0
    assert result.lines[0] == "protocol: exact, spaces ignored"

    def expected(numbers):
        numbers = [number for number in numbers if labels[number]]
        wrong = [number for number in numbers if number % 3 == 0]
        ned = sum(1 / len(labels[number]) for number in wrong) / len(numbers)
        return len(numbers), len(numbers) - len(wrong), 1 - ned

    rows, pairs = rows_of(result), []
    for name, numbers in (("a", range(7)), ("b/c", range(7, 12))):
        count, correct, ned = expected(numbers)
        pairs.append((correct / count, ned))
        excluded = len(numbers) - count
        figures = [str(len(numbers)), str(excluded), f"{correct / count:.6f} ({correct}/{count})", f"{ned:.6f}"]
        assert rows[name] == figures
    assert rows["average"] == [f"{sum(values) / 2:.6f}" for values in zip(*pairs, strict=True)]
    count, correct, ned = expected(range(12))
    assert rows["weighted average"] == [f"{correct / count:.6f}", f"{ned:.6f}"]


def test_batch_size_and_workers_change_no_digit(evaluate, data_dir, tmp_path):
    seen = set()
    for run, (batch, workers) in enumerate([(1, 0), (3, 1), (3, 2), (32, 0), (32, 0), (5, 2)]):
        file = tmp_path / f"{run}.tsv"
        result = evaluate(data_dir, "--protocol", "exact", "--save_pred", file, batch=batch, workers=workers)
        assert result.code == 0
        words = [row[:4] + row[5:] for row in read_rows(file)]  # a score may differ in its last digit
        seen.add(f"{rows_of(result)} {words}")
    assert len(seen) == 1


def test_protocol_decides_what_is_right(evaluate, data_dir):
    exact = rows_of(evaluate(data_dir, "--protocol", "exact"))
    default = evaluate(data_dir)
    assert default.lines[0] == "protocol: alphanumeric"  # as PaddleOCR compares with the default dictionary
    rows = rows_of(default)
    assert rows["weighted average"] == ["1.000000", "1.000000"]  # the "-" does not count
    assert exact["weighted average"] != rows["weighted average"]


def test_further_looks_are_taken_where_they_are_asked_for(evaluate, read, texts, data_dir, tmp_path):
    def found(name, *flags):
        result = evaluate(data_dir, "--save_pred", tmp_path / name, *flags)
        assert result.code == 0
        return [row[3] for row in read_rows(tmp_path / name)[1:]]

    assert found("plain") == found("once", "--views=1") == texts
    assert found("views", "--views", "all", "--rotate_tall=True") == read(views="all") != texts


def test_predictions_and_page(evaluate, texts, tmp_path):
    nasty = '<b>&"\t'
    samples = [(png(word_image(0)), nasty.encode()), (png(word_image(1)), (texts[1] or "x").encode())]
    folder = write_lmdb(tmp_path / "words", samples)
    out = tmp_path / "new"
    result = evaluate(folder, "--protocol", "exact", "--save_pred", out / "p.tsv", "--report", out / "r.html")
    assert result.code == 0
    header, first, second = read_rows(out / "p.tsv")
    assert header == ["data_set", "key", "label", "text", "score", "is_correct"]
    assert first[:4] == ["words", f"{folder}#000000001", nasty, texts[0]] and first[5] == "0"
    assert 0 <= float(first[4]) <= 1
    assert second[5] == str(int(bool(texts[1])))
    page = (out / "r.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;&amp;&quot;" in page and "<b>" not in page
    assert page.count("<figure>") == page.count("data:image/") == 1 + (not texts[1])


def test_a_report_that_cannot_be_written_is_known_at_once(evaluate, data_dir, tmp_path):
    for option in ("--report", "--save_pred"):
        result = evaluate(data_dir, option, tmp_path)
        assert (result.code, result.out) == (1, "")
        assert result.errors == [f"error: {tmp_path} cannot be written: Is a directory"]
        assert "img/s" not in result.err


def test_labels_that_cannot_be_read_count_as_wrong_and_are_listed(evaluate, texts, tmp_path):
    number, good = next((number, text) for number, text in enumerate(texts) if 0 < len(text) < 23)
    image = png(word_image(number))
    samples = [(image, label.encode()) for label in (good, good + "é", "a" * 24)]
    result = evaluate(write_lmdb(tmp_path / "words", samples), "--protocol", "case-insensitive")
    assert result.code == 0  # nothing is wrong with the data
    assert rows_of(result)["words"][:3] == ["3", "0", "0.333333 (1/3)"]
    assert "words: counted as wrong: 1 labels: longer than 23 characters" in result.lines
    assert "words: counted as wrong: 1 labels: with a character outside the dictionary" in result.lines
    assert "words: characters outside the dictionary: 'é' 1" in result.lines


def test_use_gpu_on_a_cpu_build_is_one_warning(run_tool, weights, data_dir, monkeypatch):
    monkeypatch.setattr("paddle.is_compiled_with_cuda", lambda: False)
    result = run_tool(
        "eval", "-o", f"Global.pretrained_model={weights}", f"Eval.dataset.data_dir={data_dir}",
        "Eval.loader.num_workers=0", "Global.use_gpu=True",
    )  # fmt: skip
    assert result.code == 0
    assert result.err.count("WARNING") == 1 and "using the CPU" in result.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "Eval.dataset.data_dir=none"], "none"),
        (["-o", "Eval.dataset.name=LMDB"], "LMDBDataSet"),
        (["-o", "Global.pretrained_model=none/x"], "no such checkpoint"),
        (["-o", "Global.pretrained_model="], "no weights: say -o Global.pretrained_model"),
    ],
)
def test_what_cannot_be_is_one_message(evaluate, data_dir, arguments, message):
    result = evaluate(data_dir, *arguments)
    assert (result.code, result.out) == (1, "")
    assert len(result.errors) == 1 and message in result.err.partition("error: ")[2]


def test_an_unknown_protocol_is_a_matter_of_usage(evaluate, data_dir):
    result = evaluate(data_dir, "--protocol", "fuzzy")
    assert result.code == 2 and "case-insensitive" in result.err


def test_as_a_user_runs_it(run_process, weights, data_dir, tmp_path):
    result = run_process(
        "eval", "-c", CONFIG, "--protocol", "exact", "-o", "Global.use_gpu=False",
        f"Global.pretrained_model={weights}", f"Eval.dataset.data_dir={data_dir}", "Eval.loader.num_workers=1",
        "--report", "report.html",
        cwd=tmp_path,
    )  # fmt: skip
    assert result.code == 0 and "Traceback" not in result.err
    assert set(rows_of(result)) == {"a", "b/c", "average", "weighted average"}
    assert (tmp_path / "report.html").stat().st_size > 1000
