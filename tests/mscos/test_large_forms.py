"""Requests that are too large are refused before they are read, with a page that says what to do."""

from urllib.parse import urlencode

import pytest
from django import forms
from django.test import Client

from mscos.forms import PlainTextField
from mscos.text import POST_LENGTH
from tests.cpu_time import takes_less
from tests.mscos.test_text_speed import ORDINARY
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db
TOO_MUCH = "<h1>That was too much at once</h1>"
URLENCODED = "application/x-www-form-urlencoded"


def multipart(name, value):
    lines = ("--edge", f'Content-Disposition: form-data; name="{name}"', "", value, "--edge--", "")
    return "\r\n".join(lines), "multipart/form-data; boundary=edge"


def send(client, body, kind=URLENCODED, path="/code/"):
    return client.generic("POST", path, body, kind)


def is_too_much(answer):
    return (answer.status_code, TOO_MUCH in answer.content.decode()) == (413, True)


@pytest.mark.parametrize("path", ["/code/", "/contact/", "/accounts/login/"])
def test_more_than_any_form_holds_is_refused(client, path):
    body = urlencode({"code": "a" * 200_000})
    assert is_too_much(send(client, body, path=path))
    assert is_too_much(send(client, *multipart("code", "a" * 200_000), path=path))
    assert is_too_much(send(client, *multipart('code"; filename="file', "a" * 200_000), path=path))


def test_more_fields_than_any_form_has_are_refused(client):
    assert is_too_much(send(client, urlencode({f"field{number}": "" for number in range(1001)})))


def test_the_longest_post_is_read(client):
    longest = urlencode({"body": "\U0001f468" * POST_LENGTH, "content_note": "\U0001f468" * 100})
    assert send(client, longest).status_code == 200


def test_staff_may_send_more(client):
    sign_in(client, make_staff(groups=["Editors"]))
    path = "/admin/newsletters/subscriber/import/"
    answer = send(client, urlencode({"pasted": "a" * 3_000_000}), path=path)
    assert (answer.status_code, answer.context["form"].errors != {}) == (
        200,
        True,
    )  # read, and held to the form's bounds
    assert is_too_much(send(client, urlencode({"pasted": "a" * 4_000_000}), path=path))


def test_what_is_too_large_costs_next_to_nothing():
    client, large = Client(), urlencode({"code": "a" * 2_400_000})
    ordinary = urlencode({"code": "a" * 100})
    send(client, ordinary)
    assert takes_less(lambda: send(client, large), 10, lambda: send(client, ordinary))


@pytest.mark.parametrize("unit", ["a", "\u200b", "\u200d", "e\u0301", "\r\n"])
def test_a_text_that_is_far_too_long_is_not_looked_at(unit):
    field = PlainTextField(name="post", max_length=POST_LENGTH)

    def clean(text):
        try:
            return field.clean(text)
        except forms.ValidationError as error:
            return error.messages

    text = unit * (190_000 // len(unit))
    assert clean(text) == ["Post must be 10,000 characters or less"]
    assert takes_less(lambda: clean(text), 1, lambda: clean(ORDINARY[:POST_LENGTH]))


@pytest.mark.parametrize("unit", ["\r\n", "e\u0301"])
def test_a_text_may_be_sent_with_more_characters_than_count(unit):
    field = PlainTextField(name="post", max_length=POST_LENGTH, strip=False, widget=forms.Textarea)
    assert len(field.clean(unit * POST_LENGTH)) == POST_LENGTH
