"""Two people who edit one row of the admin: the second is told, and nothing is written over.

The admins are those of the site itself, so that a new one is tried without being named here.
"""

import re
from html.parser import HTMLParser

import pytest
from django import forms
from django.contrib import admin
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse

from mscos import sample
from mscos.models import User
from mscos.stale import version_of
from outcomes.models import Outcome, Quotation, Reference, Resource
from tests.admin_forms import save, version_on
from tests.concurrency import all_at_once
from tests.outcomes.conftest import make_outcome, make_quotation, make_resource
from tests.people import make_staff, sign_in

APPS = ("mscos", "outcomes", "events", "forums", "newsletters")
ADMINS = [each for each in admin.site._registry.values() if each.model._meta.app_label in APPS]
OWN_PAGES = {"Post", "Mailing", "Enquiry"}  # their pages are no change forms; the actions behind them compare versions
TYPED = {  # what two people type into a field, by its kind, where it has a value already
    forms.CharField: lambda value: (f"{value} Once more.", f"{value} And again."),
    forms.SlugField: lambda value: (f"{value}-2", f"{value}-3"),
    forms.DateField: lambda _: ("2031-02-03", "2031-02-04"),
    forms.BooleanField: lambda value: ("", "on") if value else ("on", ""),
}


class Form(HTMLParser):
    """What a browser sends of the change form on a page, if nothing is typed."""

    def __init__(self, page):
        super().__init__()
        self.data, self.inside, self.select, self.text = {}, False, "", ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name = given.get("name") or ""
        self.inside = given.get("id", "").endswith("_form") if tag == "form" else self.inside
        if not self.inside:
            return
        if tag == "input" and name and given.get("type") not in {"submit", "file"}:
            ticked = given.get("type") in {"checkbox", "radio"}
            if not ticked or "checked" in given:
                self.data.setdefault(name, []).append(given.get("value", "on" if ticked else ""))
        elif tag == "textarea":
            self.text = name
            self.data[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given:
            self.data.setdefault(self.select, []).append(given.get("value", ""))

    def handle_data(self, data):
        if self.inside and self.text:
            self.data[self.text][0] += data

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "form"
        if tag == "textarea":
            self.data[self.text][0] = self.data[self.text][0].removeprefix("\n")
            self.text = ""


@pytest.fixture
def editors(db):
    """Return the browsers of two people who may do everything."""
    found = []
    for name in ("Kim", "Lee"):
        client = Client()
        sign_in(client, make_staff(f"{name}@example.org", display_name=name, is_superuser=True))
        found.append(client)
    return found


def address_of(row, page="change"):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])


def problems(answer):
    """Return what the form as a whole complains of; nothing for one that was saved."""
    return list(answer.context["adminform"].form.non_field_errors()) if answer.context else []


def stored(row):
    """Return what the database has of a row now."""
    return model_to_dict(type(row)._base_manager.get(pk=row.pk))


def typed_into(form):
    """Yield fields that take words, a day or a tick, each with what two people type into it."""
    for kind, typed in TYPED.items():
        for name, field in form.fields.items():
            if type(field) is kind and name != "version":
                yield name, *typed(form[name].value())


@pytest.mark.django_db
@pytest.mark.parametrize("model_admin", ADMINS, ids=lambda each: each.opts.model_name)
def test_the_second_of_two_people_who_edit_one_row_is_told(model_admin, settings, tmp_path, request):
    settings.VAR_DIR = tmp_path
    sample.load_if_empty()
    here, there = request.getfixturevalue("editors")
    for row in model_admin.model._base_manager.order_by("-pk"):
        page = here.get(address_of(row))
        if page.context and page.context.get("has_change_permission") and "adminform" in page.context:
            return edit_at_once(row, page, here, there)
    request_of_kim = type("Request", (), {"user": User.objects.get(display_name="Kim"), "method": "GET"})
    assert model_admin.model.__name__ in OWN_PAGES or not model_admin.has_change_permission(request_of_kim)
    return None


def edit_at_once(row, page, here, there):
    """Let two people save one row from pages opened before either did; the second is refused, and loses no word."""
    sent = Form(page.content.decode()).data
    name, other = next(
        (name, other)
        for name, one, other in typed_into(page.context["adminform"].form)
        if here.post(address_of(row), {**sent, name: one}).status_code == 302
    )
    before = stored(row)
    answer = there.post(address_of(row), {**sent, name: other})
    (told,) = problems(answer)
    assert re.search(r"\bKim\b.*\bwhile you were writing|while you were writing \(Kim was the last", told)
    assert "Your words are below; copy what you need" in told
    assert stored(row) == before
    html = answer.content.decode()
    assert Form(html).data.get(name, [""]) == [other]
    assert f'href="{address_of(row)}" target="_blank"' in html


@pytest.mark.django_db
@pytest.mark.parametrize("version", ["", "0", "\0"])
def test_a_form_without_a_version_writes_nothing(editors, version):
    outcome = make_outcome("housing")
    sent = Form(editors[0].get(address_of(outcome)).content.decode()).data
    answer = editors[0].post(address_of(outcome), {**sent, "version": version, "summary": "Other words."})
    assert any(sentence.startswith("This outcome changed while you were writing. ") for sentence in problems(answer))
    assert Outcome.objects.get().summary == outcome.summary


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda outcome: Reference.objects.create(outcome=outcome, document="A guide"),
        lambda outcome: outcome.references.update(note="Another note"),
        lambda outcome: outcome.references.all().delete(),
        lambda outcome: outcome.related.add(make_outcome("other")),
    ],
)
def test_inline_rows_and_related_rows_count_as_a_change(editors, change):
    outcome = make_outcome("housing")
    Reference.objects.create(outcome=outcome, document="A handbook")
    sent = Form(editors[0].get(address_of(outcome)).content.decode()).data
    change(outcome)
    assert problems(editors[0].post(address_of(outcome), sent)) != []


@pytest.mark.django_db
def test_whoever_changed_an_inline_row_on_its_own_page_is_named(editors):
    outcome = make_outcome("housing")
    quotation = make_quotation(outcome=outcome)
    sent = Form(editors[0].get(address_of(outcome)).content.decode()).data
    own = Form(editors[1].get(address_of(quotation)).content.decode()).data
    assert editors[1].post(address_of(quotation), {**own, "text": "New words."}).status_code == 302
    (told,) = problems(editors[0].post(address_of(outcome), sent))
    assert told.startswith("This outcome changed while you were writing (Lee was the last to save it here).")
    assert Quotation.objects.get().text == "New words."


@pytest.mark.django_db
def test_what_the_form_does_not_offer_makes_no_form_stale(editors):
    resource = make_resource()
    sent = Form(editors[0].get(address_of(resource)).content.decode()).data
    Resource.objects.update(body_html="<p>Words.</p>")
    assert editors[0].post(address_of(resource), {**sent, "title": "Another title"}).status_code == 302


@pytest.mark.django_db
def test_an_older_version_is_not_put_over_a_newer_one_that_nobody_saw(editors):
    outcome = make_outcome("housing")
    address = reverse("admin:outcomes_outcome_simple_history", args=[outcome.pk, outcome.history.get().pk])
    sent = Form(editors[0].get(address).content.decode()).data
    save(
        editors[1],
        address_of(outcome),
        {**Form(editors[1].get(address_of(outcome)).content.decode()).data, "body": "New."},
    )
    answer = editors[0].post(address, sent)
    (told,) = problems(answer)
    assert told.startswith("This outcome changed while you were writing (Lee")
    assert f'href="{address_of(outcome)}" target="_blank">Open it as it is now' in answer.content.decode()
    assert Outcome.objects.get().body == "New."
    sent["version"] = version_on(editors[0], address)
    assert editors[0].post(address, sent).status_code == 302
    assert Outcome.objects.get().body == outcome.body


@pytest.mark.django_db(transaction=True)
def test_one_of_two_who_press_save_in_one_moment_is_told(editors):
    outcome = make_outcome("housing")
    sent = Form(editors[0].get(address_of(outcome)).content.decode()).data

    def send(client, words):
        return lambda: client.post(address_of(outcome), {**sent, "summary": words}).status_code

    assert sorted(all_at_once(send(editors[0], "Mine."), send(editors[1], "Yours."))) == [200, 302]
    assert outcome.history.filter(history_type="~").count() == 1


def test_a_version_tells_values_apart_and_where_they_stand():
    shown = [("a", "b"), ("ab", ""), ("a", None), ("a", ["b"]), ("b", "a"), ("a",), ()]
    assert len({version_of(*each) for each in shown}) == len(shown)
    assert re.fullmatch(r"[0-9a-f]{16}", version_of("a"))
