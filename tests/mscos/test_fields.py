"""Fields for rendered Markdown: rendered when a row is saved, safe when it is read."""

import pytest
from django.db import connection, models
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps
from django.utils.safestring import SafeString

from mscos.fields import RenderedMarkdownField
from mscos.text import render_editorial, render_post


@pytest.fixture
def page(transactional_db):
    """A model with Markdown, its HTML, and HTML that an action sets."""
    with isolate_apps("mscos"):

        class Page(models.Model):
            body = models.TextField(blank=True)
            body_html = RenderedMarkdownField(source="body")
            post_html = RenderedMarkdownField()

            class Meta:
                app_label = "mscos"

            def __str__(self):
                return self.body

        with connection.schema_editor() as editor:
            editor.create_model(Page)
        yield Page
        with connection.schema_editor() as editor:
            editor.delete_model(Page)


def test_html_is_rendered_when_saved_and_safe_when_read(page):
    saved = page.objects.create(body="# A\n\n**b** <i>")
    read = page.objects.get()
    assert saved.body_html == read.body_html == "<h3>A</h3>\n<p><strong>b</strong> &lt;i&gt;</p>\n"
    assert (type(saved.body_html), type(read.body_html)) == (SafeString, SafeString)


def test_html_follows_its_source(page):
    page.objects.create(body="one")
    read = page.objects.get()
    read.body = "two"
    read.save()
    assert page.objects.values_list("body_html", flat=True).get() == "<p>two</p>\n"


def test_html_is_not_what_somebody_sets(page):
    page.objects.create(body="one", body_html="<script>x</script>")
    assert page.objects.get().body_html == "<p>one</p>\n"


def test_an_empty_source_gives_empty_html(page):
    assert page.objects.create().body_html == ""
    assert page.objects.get().body_html == ""


def test_html_without_a_source_is_kept_as_set(page):
    assert page.objects.create().post_html == ""
    page.objects.update(post_html=render_post("**a**"))
    read = page.objects.get()
    read.save()
    assert (read.post_html, type(read.post_html)) == ("<p><strong>a</strong></p>\n", SafeString)


def test_naming_only_the_source_leaves_the_html_as_it_was(page):
    saved = page.objects.create(body="one")
    saved.body = "two"
    saved.save(update_fields=["body"])
    assert page.objects.get().body_html == "<p>one</p>\n"
    saved.save(update_fields=["body", "body_html"])
    assert page.objects.get().body_html == "<p>two</p>\n"


def test_bulk_create_renders_too(page):
    page.objects.bulk_create([page(body="*a*")])
    assert page.objects.get().body_html == render_editorial("*a*")


def test_a_migration_can_write_it_down():
    field = RenderedMarkdownField(source="body", help_text="x")
    assert MigrationWriter.serialize(field) == (
        "mscos.fields.RenderedMarkdownField(blank=True, default='', editable=False, help_text='x', source='body')",
        {"import mscos.fields"},
    )
    again = field.clone()
    assert (again.source, again.editable, again.blank, again.default) == ("body", False, True, "")
