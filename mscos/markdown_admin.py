"""Markdown in the admin: a text area with a toolbar, and a preview made by the server."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from mscos.text import render_editorial


class MarkdownWidget(AdminTextareaWidget):
    """A text area for Markdown. The toolbar is not shown without JavaScript; the preview needs none."""

    template_name = "mscos/markdown_widget.html"

    class Media:
        css = {"all": ["admin-extra.css"]}
        js = [Script("vendor/markdown-toolbar-element/index.js", type="module")]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the address of the preview."""
        return {**super().get_context(name, value, attrs), "preview_url": reverse("admin:markdown_preview")}


class MarkdownAdminMixin:
    """Adds a toolbar and a preview to the fields in `markdown_fields`, of an admin or an inline."""

    markdown_fields: tuple[str, ...] = ()

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Return the form field, with the Markdown widget where it takes Markdown."""
        if db_field.name in self.markdown_fields:
            kwargs["widget"] = MarkdownWidget
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]


@never_cache
@require_POST
def markdown_preview(request: HttpRequest) -> HttpResponse:
    """Show one field of the form that was sent as its page would; store nothing.

    `preview` names the field. The admin site mounts this view, and lets in staff only.
    """
    html = render_editorial(request.POST.get(request.POST.get("preview", ""), ""))
    return render(request, "mscos/markdown_preview.html", {"html": html})
