"""CSV files: what is written can be read back, and no text is taken for a formula."""

import csv
from io import StringIO

import pytest

from mscos.csv_lines import csv_lines


def read_back(*rows):
    return list(csv.reader(StringIO("".join(csv_lines(rows)), newline="")))


def test_rows_come_back_as_they_were():
    rows = [["a", 'say "so"'], ["one, two", "line\nline\r\nline"], ["", "–é"]]
    assert read_back(*rows) == rows


def test_lines_end_as_the_standard_says_and_are_made_one_at_a_time():
    assert list(csv_lines([["a", 1], ["b", None]])) == ["a,1\r\n", "b,\r\n"]


@pytest.mark.parametrize(
    "words", ["=1+1", "+44 20", "-1", "@SUM(A1)", "\t=1", "\rx", "  =1", "\n@x", "＝1+1", "＋1", "－1", "＠x"]
)
def test_a_formula_becomes_a_text(words):
    assert read_back(["first", words]) == [["first", f"'{words}"]]


@pytest.mark.parametrize("words", ["1=1", "a-b", "'=1", "", " a", "1 @ 2"])
def test_other_texts_stay_as_they_are(words):
    assert read_back(["first", words]) == [["first", words]]


def test_a_number_is_no_formula():
    assert read_back([-1, 2]) == [["-1", "2"]]
