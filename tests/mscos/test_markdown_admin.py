"""Markdown in the admin: the fields with a toolbar, and the preview."""

import re

import pytest
from django import forms
from django.contrib import admin
from django.test import RequestFactory

from mscos.markdown_admin import MarkdownAdminMixin, MarkdownWidget
from mscos.models import User
from tests.people import make_person, make_staff, sign_in

PREVIEW = "/admin/preview/"


class UserAdmin(MarkdownAdminMixin, admin.ModelAdmin):
    fields = ("role", "organisation")
    markdown_fields = ("role",)


def test_the_named_fields_have_the_widget():
    form = UserAdmin(User, admin.site).get_form(RequestFactory().get("/"))()
    assert [type(field.widget) is MarkdownWidget for field in form.fields.values()] == [True, False]


def test_the_widget_has_one_text_area_a_toolbar_and_a_preview():
    html = MarkdownWidget().render("body", "a <b>", {"id": "id_body"})
    assert re.findall(r"<(textarea|markdown-toolbar|md-[a-z-]+|button)\b", html) == [
        "button",
        "markdown-toolbar",
        *("md-bold", "md-italic", "md-header", "md-link", "md-quote", "md-unordered-list", "md-ordered-list"),
        "textarea",
        "button",
    ]
    assert 'id="id_body"' in html
    assert '<markdown-toolbar for="id_body"' in html
    assert "a &lt;b&gt;</textarea>" in html
    assert 'name="preview" value="body" formaction="/admin/preview/" formtarget="_blank" formnovalidate>' in html


def test_enter_in_a_field_of_one_line_saves():
    """A browser presses the first button of a form."""
    html = MarkdownWidget().render("body", "")
    assert re.findall(r"<button[^>]* name=\"(\w+)\"", html) == ["_save", "preview"]


def test_the_widget_needs_nothing_inline():
    widget = MarkdownWidget()
    html = str(widget.media) + widget.render("body", "")
    assert re.findall(r"<style|<script(?![^>]* src=)| style=| on\w+=|javascript:", html) == []
    assert isinstance(widget.media, forms.Media)
    assert re.findall(r'(?:src|href)="([^"]+)"', str(widget.media)) == [
        "/static/admin-extra.css",
        "/static/vendor/markdown-toolbar-element/index.js",
    ]
    assert str(widget.media).count('type="module"') == 1


@pytest.fixture
def staff(client, db):
    sign_in(client, make_staff())
    return client


def test_the_preview_shows_the_named_field_as_its_page_would(staff):
    answer = staff.post(PREVIEW, {"preview": "notes-0-body", "notes-0-body": "# A\n\n<script>x</script>", "body": "b"})
    assert answer.status_code == 200
    assert answer.context["html"] == "<h3>A</h3>\n<p>&lt;script&gt;x&lt;/script&gt;</p>\n"
    assert "<h3>A</h3>\n<p>&lt;script&gt;x&lt;/script&gt;</p>" in answer.text
    assert "<title>Preview – " in answer.text


@pytest.mark.parametrize("data", [{}, {"preview": "body"}, {"preview": "", "body": "a"}])
def test_a_preview_of_nothing_is_empty(staff, data):
    answer = staff.post(PREVIEW, data)
    assert (answer.status_code, answer.context["html"]) == (200, "")


def test_the_preview_is_kept_nowhere(staff):
    answer = staff.post(PREVIEW, {"preview": "body", "body": "a"})
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, noarchive"


def test_the_preview_is_asked_for_by_post_only(staff):
    assert staff.get(PREVIEW).status_code == 405


def test_the_preview_is_for_staff(client, db):
    assert client.post(PREVIEW, {"preview": "body", "body": "a"})["Location"] == "/accounts/login/?next=/admin/preview/"
    sign_in(client, make_person(second_factor=True))
    assert client.post(PREVIEW, {"preview": "body", "body": "a"}).status_code == 403


def test_the_preview_needs_the_form_token(staff):
    staff.handler.enforce_csrf_checks = True
    assert staff.post(PREVIEW, {"preview": "body", "body": "a"}).status_code == 403
