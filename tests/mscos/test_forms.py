"""Text from strangers: what is removed, refused and kept; and forms that are refused as a whole."""

import pytest
from django import forms

from mscos.forms import PlainTextField, RefusableForm
from mscos.privacy import Refusal


class Letter(RefusableForm):
    title = PlainTextField(name="title", article="a", max_length=10)
    body = PlainTextField(name="post", max_length=1000, widget=forms.Textarea)
    note = PlainTextField(name="note", required=False)


def sent(**fields):
    return Letter({"title": "Title", "body": "Body", **fields})


def body_of(text):
    form = sent(body=text)
    assert form.errors == {}
    return form.cleaned_data["body"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("plain", "plain"),
        ("  around \n", "around"),
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("a\tb", "a\tb"),
        ("e\u0301", "\u00e9"),
        ("<b> & 'x' \"y\" \\ %", "<b> & 'x' \"y\" \\ %"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\U0001f468\u200d\U0001f469 \u2764\ufe0f", "\U0001f468\u200d\U0001f469 \u2764\ufe0f"),
        ("\u0928\u092e\u0938\u094d\u0924\u0947 \u4f60\u597d \u041f\u0440\u0438\u0432\u0435\u0442", None),
        ("10 \u00a0\u00a3", "10 \u00a0\u00a3"),
        ("\ue000 \U0002ffff", "\ue000 \U0002ffff"),
    ],
)
def test_what_people_write_is_kept(typed, kept):
    assert body_of(typed) == (kept or typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\u200c\u200d\ufe0f\u200cb", "ab"),
        ("a\u200db", "ab"),
        ("a \u200d b", "a  b"),
        ("\u200cword\u200d", "word"),
        ("a\u2800b", "ab"),
        ("\u0645\u06cc\u200c\u200c\u200d\u062e", "\u0645\u06cc\u062e"),
    ],
)
def test_joiners_that_no_script_needs_carry_no_hidden_mark(typed, kept):
    assert body_of(typed) == kept


@pytest.mark.parametrize(
    "mark",
    [
        "\u00ad",
        "\u034f",
        "\u061c",
        "\u115f",
        "\u180e",
        "\u200b",
        "\u200e",
        "\u200f",
        "\u202a",
        "\u202e",
        "\u2060",
        "\u2063",
        "\u2065",
        "\u2066",
        "\u2069",
        "\u206f",
        "\u3164",
        "\ufe00",
        "\ufe0e",
        "\ufeff",
        "\uffa0",
        "\ufffb",
        "\U0001d173",
        "\U000e0001",
        "\U000e0041",
        "\U000e007f",
        "\U000e0100",
        "\U000e01ef",
    ],
)
def test_marks_that_nobody_sees_are_taken_out(mark):
    assert body_of(f"{mark}a{mark}{mark}b {mark}") == "ab"


def test_hidden_marks_do_not_hold_letters_apart():
    assert body_of("e\u200b\u0301") == "\u00e9"


@pytest.mark.parametrize("mark", ["\0", "\x01", "\x08", "\x0b", "\x1b", "\x7f", "\x85", chr(0xD800), "\ufffd"])
@pytest.mark.parametrize("field", ["title", "body"])
def test_what_cannot_be_stored_is_told_of(field, mark):
    name = {"title": "Title", "body": "Post"}[field]
    assert sent(**{field: f"a{mark}b"}).errors == {
        field: [f"{name} has characters that we cannot store. Type those words again, then send"]
    }


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t\r\n", "\u200b\u202e", " \u200b \ufeff\n", "\u2003\u3000"])
def test_nothing_to_see_is_nothing_typed(nothing):
    assert Letter({"title": nothing, "body": nothing, "note": nothing}).errors == {
        "title": ["Enter a title"],
        "body": ["Enter your post"],
    }


def test_what_is_not_sent_at_all_is_nothing_typed():
    assert Letter({}).errors == {"title": ["Enter a title"], "body": ["Enter your post"]}


def test_the_length_is_that_of_what_would_be_stored():
    assert sent(title="1234567890\u200b\r\n").errors == {}
    assert body_of("a\r\n" * 500) == "a\n" * 499 + "a"
    assert sent(title="12345678901", body="a" * 1001).errors == {
        "title": ["Title must be 10 characters or less"],
        "body": ["Post must be 1,000 characters or less"],
    }


def test_a_field_of_one_line_holds_one_line():
    form = sent(title="a\r\nb\t c\u2028d")
    assert (form.errors, form.cleaned_data["title"]) == ({}, "a b c d")


def test_hidden_marks_alone_are_nothing_in_a_field_that_may_be_empty():
    assert sent(note="\u200b").is_valid()


def test_a_refused_form_says_why_and_keeps_what_was_typed():
    form = Letter({"title": "Title", "body": "Body"}, refusal=Refusal(429, "Too many tries."))
    assert (form.is_valid(), form.status) == (False, 429)
    assert form.errors == {"__all__": ["Too many tries."]}
    assert (form["title"].value(), form["body"].value()) == ("Title", "Body")


def test_a_refused_form_tells_of_its_other_errors_too():
    form = Letter({"title": "", "body": "Body"}, refusal=Refusal(403, "Send again."))
    assert form.errors == {"title": ["Enter a title"], "__all__": ["Send again."]}


def test_a_form_that_was_not_refused():
    assert (sent().is_valid(), sent().status, Letter().status) == (True, 200, 200)
