"""Lines in the form of the 2013 and 2015 challenges."""

import time

import pytest

CORNERS = "377,117,463,117,465,130,378,130"
QUAD = [[377, 117], [463, 117], [465, 130], [378, 130]]


def test_2013_as_the_test_set_has_it(read):
    text = '38, 43, 920, 215, "Tiredness"\r\n275, 264, 665, 450, "kills"\r\n'
    assert read(text) == [(None, [("Tiredness", [[38, 43], [920, 215]]), ("kills", [[275, 264], [665, 450]])])]


def test_2013_as_the_training_set_has_it(read):
    assert read('158 128 411 181 "Footpath"\n') == [(None, [("Footpath", [[158, 128], [411, 181]])])]


def test_2013_words_with_quotes_and_commas(read):
    lines = [r'1, 2, 30, 40, "\"Hello\""', '1, 2, 30, 40, "a, "b", c"', r'1, 2, 30, 40, "C:\\x"']
    assert [word[0] for word in read("\n".join(lines))[0][1]] == ['"Hello"', 'a, "b", c', "C:\\x"]


def test_2015_with_a_byte_order_mark(read):
    assert read("\ufeff377,117,463,117,465,130,378,130,Genaxis Theatre\r\n") == [(None, [("Genaxis Theatre", QUAD)])]


def test_2015_words_with_commas_quotes_and_digits(read):
    words = ["a,b,,c", '"quoted"', "9,10", "10,000 km", "1,000,000", "1,2,3,4,5", ",", '"']
    text = "".join(f"377,117,463,117,465,130,378,130,{word}\n" for word in words)
    assert [word[0] for word in read(text)[0][1]] == words


# An arch of seven points above and seven below, and one of three and three.
ARCH = [[0, 30], [10, 15], [25, 5], [40, 0], [55, 5], [70, 15], [80, 30], [70, 40], [60, 30], [50, 24], [40, 22],
        [30, 24], [20, 30], [10, 40]]  # fmt: skip
HEXAGON = [[0, 30], [40, 0], [80, 30], [70, 40], [40, 22], [10, 40]]


def written(points, word):
    return ",".join(str(value) for point in points for value in point) + f",{word}\n"


def test_more_than_four_corners(read):
    words = ["hello", "10,000 km", "a,b", "###"]
    expected = [(word, ARCH, *(["do not care"] if word == "###" else [])) for word in words]
    assert read("".join(written(ARCH, word) for word in words)) == [(None, expected)]
    assert read(written(ARCH, "alone") + f"{CORNERS},quad\n")[0][1] == [("alone", ARCH), ("quad", QUAD)]


@pytest.mark.parametrize("points", [HEXAGON, HEXAGON[:5]])
def test_five_or_six_corners_may_be_a_word_that_begins_with_numbers(read, points):
    """They are corners where the whole file has as many; alone or among quads they are not guessed at."""
    assert read(written(points, "one") + written(points, "7"))[0][1] == [("one", points), ("7", points)]
    reason = "more than four corners"
    assert read(written(points, "one"))[0][1] == [(":1", reason)]
    assert read(written(points, "one") + f"{CORNERS},quad\n")[0][1] == [(":1", reason), ("quad", QUAD)]


def test_corners_without_a_word(read):
    assert read(written(ARCH, "").replace(",\n", "\n"))[0][1] == [(":1", "not an ICDAR line")]


def test_mlt_names_the_script_before_the_word(read):
    words = [("Latin", "Genaxis"), ("Arabic", "مرحبا"), ("Symbols", "10,000"), ("None", "###"), ("Latin", "Thai, too")]
    text = "".join(f"{CORNERS},{script},{word}\r\n" for script, word in words)
    assert [word[0] for word in read(text)[0][1]] == [word for _, word in words]
    assert read(text)[0][1][3][2:] == ("do not care",)


def test_a_word_that_is_called_as_a_script_is_a_word(read):
    lines = ["Latin,America", "Bar", "Mixed, grill"]
    assert [word[0] for word in read("".join(f"{CORNERS},{line}\n" for line in lines))[0][1]] == lines


def test_do_not_care(read):
    assert read("377,117,463,117,465,130,378,130,###")[0][1] == [("###", QUAD, "do not care")]
    assert read('1, 2, 30, 40, "###"')[0][1][0][2:] == ("do not care",)


def test_negative_and_fractional_coordinates(read):
    assert read("-1,-2.5,10,0,10,10,0,10,x")[0][1][0][1][0] == [-1, -2.5]


def test_a_bad_line_costs_itself(read):
    text = "1,2,3,4,word\n377,117,463,117,465,130,378,130,word\n\n1,2,3,4,5,6,x,8,word\nhello\n"
    reason = "not an ICDAR line"
    assert read(text) == [(None, [(":1", reason), ("word", QUAD), (":4", reason), (":5", reason)])]


def test_cp1252_is_read_with_a_warning_that_names_the_file(read, caplog):
    words = read("377,117,463,117,465,130,378,130,Café €".encode("cp1252"))[0][1]
    assert words == [("Café €", QUAD)]
    assert "gt_img_1.txt is not UTF-8" in caplog.text


def test_long_runs_of_blanks_cost_no_time(read):
    start = time.process_time()
    assert read("1" + " " * 200_000 + "\n" + "1, " * 100_000, format_name="icdar")[0][1][0][1] == "not an ICDAR line"
    assert time.process_time() - start < 2
