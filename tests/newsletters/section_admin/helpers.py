"""Requests to the admin of sections, and readers of its responses."""

import re

from django.urls import reverse

ADD = reverse("admin:newsletters_section_add")


WORDS = ("heading", "body", "content_note", "link_words", "link_url")


def add_url(issue, kind):
    return f"{ADD}?issue={issue.pk}&kind={kind}"


def change_url(section):
    return reverse("admin:newsletters_section_change", args=[section.pk])


def sections_of(issue):
    return reverse("admin:newsletters_issue_change", args=[issue.pk]) + "#sections"


def opened(client, url):
    """Return the data of the form on a page, as a browser would send them."""
    form = client.get(url).context["adminform"].form
    data = {}
    for field in form:
        value = field.value()
        data[field.name] = "" if value is None else value
        if field.field.show_hidden_initial:
            data[f"initial-{field.name}"] = data[field.name]
    return data


def add(client, issue, kind, **typed):
    url = add_url(issue, kind)
    return client.post(url, {**opened(client, url), **typed})


def change(client, section, **typed):
    return client.post(change_url(section), {**opened(client, change_url(section)), **typed})


def labels(client, url):
    """Return the labels of the choices of a target."""
    return [label for _, label in client.get(url).context["adminform"].form.fields["target"].choices]


def text_of(answer):
    html = answer.content.decode().split('id="content"', 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def problems_of(answer):
    return [problem for field in answer.context["adminform"].form.errors.values() for problem in field]
