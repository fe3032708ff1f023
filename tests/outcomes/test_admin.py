"""The admin of outcomes, resources and quotations."""

import re
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry

from mscos.groups import EDITORS, MODERATORS
from outcomes import sample
from outcomes.models import Organisation, Outcome, Quotation, Reference, Resource
from tests.admin_forms import save
from tests.outcomes.conftest import TODAY, make_outcome, make_quotation, make_resource
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db
OURS = ("outcome", "domain", "organisation", "resource", "feature", "reference", "quotation")


@pytest.fixture
def editor(client):
    """An editor, signed in."""
    person = make_staff("editor@example.org", groups=[EDITORS], display_name="Ed")
    sign_in(client, person)
    return person


@pytest.fixture
def moderator(client):
    """Staff, signed in, without the editors' permissions."""
    person = make_staff("moderator@example.org", groups=[MODERATORS])
    sign_in(client, person)
    return person


def text_of(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def inline(prefix, *rows):
    """Return the data of an inline form: `rows` are new ones, or existing ones with an id."""
    known = sum("id" in row for row in rows)
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": known}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def outcome_form(*, references=(), features=(), quotations=(), **fields):
    return {
        "official_name": "Secure and suitable housing",
        "short_name": "housing",
        "position": 1,
        "summary": "A home.",
        "body": "It **matters**.",
        **inline("references", *references),
        **inline("features", *features),
        **inline("quotations", *quotations),
        **fields,
    }


def resource_form(*, makers=(), quotations=(), **fields):
    return {
        "title": "The toolkit",
        "kind": "toolkit",
        "state": "draft",
        "summary": "It helps.",
        "url": "example.org/toolkit",
        "language": "English",
        "link_state": "not checked",
        **inline("credits", *makers),
        **inline("quotations", *quotations),
        **fields,
    }


QUOTATION = {"text": "Spoken.", "credit": "A worker", "consent_scope": "site", "consent_given_on": "2023-01-01"}


# Editing


def test_an_editor_adds_an_outcome_with_its_related_rows(client, editor):
    resource = make_resource()
    answer = client.post(
        "/admin/outcomes/outcome/add/",
        outcome_form(
            references=[{"document": "Handbook", "url": "example.org", "position": 0}],
            features=[{"resource": resource.pk, "starts": "2023-03-20"}],
            quotations=[QUOTATION],
        ),
    )
    assert answer.status_code == 302
    outcome = Outcome.objects.get()
    assert outcome.body_html.strip() == "<p>It <strong>matters</strong>.</p>"
    assert outcome.references.get().url == "https://example.org"
    assert outcome.features.get().resource == resource
    assert list(Quotation.objects.shown_on_site()) == [outcome.quotations.get()]
    assert outcome.history.get().history_user == editor


def test_an_editor_changes_an_outcome(client, editor, outcome):
    reference = Reference.objects.create(outcome=outcome, document="Handbook")
    row = {"id": reference.pk, "outcome": outcome.pk, "document": "Second edition", "position": 0}
    answer = save(
        client,
        f"/admin/outcomes/outcome/{outcome.pk}/change/",
        outcome_form(references=[row], last_reviewed="2023-03-20"),
    )
    assert answer.status_code == 302
    outcome.refresh_from_db()
    reference.refresh_from_db()
    assert (outcome.last_reviewed, reference.document) == (TODAY, "Second edition")


def test_an_editor_adds_a_resource(client, editor, outcome):
    organisation = Organisation.objects.create(name="The Passage")
    answer = client.post(
        "/admin/outcomes/resource/add/",
        resource_form(
            makers=[{"organisation": organisation.pk, "role": "author", "position": 0}],
            quotations=[QUOTATION],
            outcomes=[outcome.pk],
            tags="councils, homelessness",
        ),
    )
    assert answer.status_code == 302
    resource = Resource.objects.get()
    assert resource.url == "https://example.org/toolkit"
    assert list(resource.organisations.all()) == [organisation]
    assert list(resource.outcomes.all()) == [outcome]
    assert sorted(resource.tags.names()) == ["councils", "homelessness"]
    assert resource.quotations.get().text == "Spoken."


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "Give the words, and the credit that the person chose."),
        ({"credit": ""}, "Give the words, and the credit that the person chose."),
        ({"outcome": ""}, "Choose the outcome or the resource that the words are about."),
        ({"consent_expires_on": "2022-12-31"}, "The last day of consent must not come before the first."),
    ],
)
def test_an_invalid_quotation_is_refused_with_a_sentence(client, editor, outcome, fields, sentence):
    answer = client.post("/admin/outcomes/quotation/add/", {**QUOTATION, "outcome": outcome.pk, **fields})
    assert sentence in text_of(answer)
    assert Quotation.objects.count() == 0


def test_an_empty_quotation_in_an_outcomes_form_is_refused_with_a_sentence(client, editor, outcome):
    answer = save(
        client, f"/admin/outcomes/outcome/{outcome.pk}/change/", outcome_form(quotations=[{**QUOTATION, "text": ""}])
    )
    assert "Give the words, and the credit that the person chose." in text_of(answer)


@pytest.mark.parametrize("model", OURS)
@pytest.mark.parametrize("query", ["", "?q=housing", "?q=%00", "?q=%ff"])
def test_every_list_opens_and_can_be_searched(client, editor, model, query):
    sample.load()
    answer = client.get(f"/admin/outcomes/{model}/{query}")
    assert answer.status_code == 200
    assert 'name="q"' in text_of(answer)


def test_search_finds_a_resource_by_its_maker(client, editor):
    sample.load()
    text = text_of(client.get("/admin/outcomes/resource/?q=Homeless+Link"))
    assert re.findall(r'class="field-title"><a [^>]*>(.*?)</a>', text) == ["The Passage Modern Slavery Toolkit"]


@pytest.mark.parametrize("rows", [1, 50])
@pytest.mark.parametrize(("model", "most"), [("outcome", 12), ("resource", 14), ("quotation", 12)])
def test_lists_need_as_many_queries_for_50_rows_as_for_1(
    client, editor, outcome, rows, model, most, django_assert_max_num_queries
):
    for number in range(rows):
        resource = make_resource(f"Resource {number}", on=[make_outcome(f"other-{number}")])
        make_quotation(outcome=None, resource=resource)
    with django_assert_max_num_queries(most):
        client.get(f"/admin/outcomes/{model}/")


# Preview


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_an_editor_previews_what_readers_cannot_see(client, editor, state):
    resource = make_resource("The toolkit", state=state)
    address = f"/admin/outcomes/resource/{resource.pk}/preview/"
    assert f'href="{address}"' in text_of(client.get(f"/admin/outcomes/resource/{resource.pk}/change/"))
    text = text_of(client.get(address))
    assert "<h1>The toolkit</h1>" in text
    assert "only editors can see this page" in text


def test_a_listed_resource_is_seen_on_the_site(client, editor):
    resource = make_resource()
    text = text_of(client.get(f"/admin/outcomes/resource/{resource.pk}/change/"))
    assert f'href="{resource.get_absolute_url()}"' in text


def test_a_preview_of_an_unknown_row_is_404(client, editor):
    assert client.get("/admin/outcomes/resource/99/preview/").status_code == 404


@pytest.mark.parametrize(("model", "fields"), [("outcome", 2), ("resource", 1)])
def test_markdown_fields_have_a_preview(client, editor, model, fields):
    text = text_of(client.get(f"/admin/outcomes/{model}/add/"))
    assert text.count('formaction="/admin/preview/"') == fields


# Consent


def test_the_list_of_quotations_shows_the_state_of_consent(client, editor, outcome, today):
    make_quotation(consent_expires_on=date(2024, 5, 1))
    make_quotation(consent_given_on=None)
    text = text_of(client.get("/admin/outcomes/quotation/"))
    states = re.findall('class="field-consent_state">(.*?)</td>', text)
    assert sorted(states) == ["Live until 1 May 2024", "No consent"]


@pytest.mark.parametrize(
    ("consent", "found"),
    [("live", ["Live."]), ("not", ["Expired.", "Waiting."]), ("withdrawn", ["(erased)"])],
)
def test_quotations_can_be_filtered_by_consent(client, editor, outcome, today, consent, found):
    make_quotation("Live.")
    make_quotation("Expired.", consent_expires_on=date(2023, 3, 19))
    make_quotation("Waiting.", consent_given_on=None)
    make_quotation("", credit="", withdrawn_on=TODAY)
    text = text_of(client.get(f"/admin/outcomes/quotation/?consent={consent}"))
    assert sorted(re.findall('class="field-words"><a [^>]*>(.*?)</a>', text)) == found


def withdraw(client, quotation, **fields):
    data = {"action": "withdraw", "_selected_action": quotation.pk, **fields}
    return client.post("/admin/outcomes/quotation/", data)


def test_withdrawing_needs_confirmation(client, editor, outcome):
    quotation = make_quotation("Spoken words.")
    text = text_of(withdraw(client, quotation))
    assert "This cannot be undone." in text
    assert 'name="sure" value="yes"' in text
    quotation.refresh_from_db()
    assert quotation.text == "Spoken words."


def test_withdrawing_erases_the_text_everywhere_in_the_database(client, editor, outcome, today):
    client.post("/admin/outcomes/quotation/add/", {**QUOTATION, "text": "Zanzibar.", "outcome": outcome.pk})
    quotation = Quotation.objects.get()
    assert withdraw(client, quotation, sure="yes").status_code == 302
    quotation.refresh_from_db()
    assert (quotation.text, quotation.credit, quotation.withdrawn_on) == ("", "", TODAY)
    assert list(Quotation.history.values_list("text", "credit", "history_user")) == [("", "", editor.pk)]
    log = str(list(LogEntry.objects.values_list("object_repr", "change_message")))
    assert "Zanzibar" not in log
    assert "Consent withdrawn, words erased" in log


def test_a_stale_form_cannot_restore_erased_text(client, editor, outcome):
    quotation = make_quotation(outcome=outcome)
    withdraw(client, quotation, sure="yes")
    address = f"/admin/outcomes/quotation/{quotation.pk}/change/"
    assert client.post(address, {**QUOTATION, "outcome": outcome.pk}).status_code == 403
    row = {**QUOTATION, "id": quotation.pk, "outcome": outcome.pk}
    save(client, f"/admin/outcomes/outcome/{outcome.pk}/change/", outcome_form(quotations=[row]))
    history = f"/admin/outcomes/quotation/{quotation.pk}/history/{Quotation.history.get().pk}/"
    client.post(history, {**QUOTATION, "outcome": outcome.pk})
    assert list(Quotation.objects.values_list("text", flat=True)) == [""]
    assert list(Quotation.history.values_list("text", flat=True)) == [""]


def test_withdrawn_quotations_are_left_out_of_the_outcomes_form(client, editor, outcome):
    kept, erased = make_quotation(outcome=outcome), make_quotation("", credit="", withdrawn_on=TODAY, outcome=outcome)
    text = text_of(client.get(f"/admin/outcomes/outcome/{outcome.pk}/change/"))
    assert re.findall(r'name="quotations-\d+-id" value="(\d+)"', text) == [str(kept.pk)]
    assert list(Quotation.objects.filter(withdrawn_on=TODAY)) == [erased]


def test_deleting_leaves_no_history(client, editor, outcome):
    quotation = make_quotation()
    client.post(f"/admin/outcomes/quotation/{quotation.pk}/delete/", {"post": "yes"})
    assert (Quotation.objects.count(), Quotation.history.count()) == (0, 0)


def test_the_list_offers_to_withdraw_consent_and_not_to_delete(client, editor, outcome):
    make_quotation()
    page = client.get("/admin/outcomes/quotation/").content.decode()
    assert re.findall(r'<option value="(\w+)">', page.split('name="action"')[1].split("</select>")[0]) == ["withdraw"]


# History


def test_history_shows_who_changed_what_without_inline_styles(client, editor, outcome):
    save(client, f"/admin/outcomes/outcome/{outcome.pk}/change/", outcome_form(summary="A safe home."))
    text = text_of(client.get(f"/admin/outcomes/outcome/{outcome.pk}/history/"))
    assert "<td>Ed</td>" in text
    assert "A safe home." in text
    assert "style=" not in text
    assert "Body html" not in text


def test_an_old_version_can_be_restored(client, editor, outcome):
    save(client, f"/admin/outcomes/outcome/{outcome.pk}/change/", outcome_form(body="New."))
    version = outcome.history.earliest().pk
    address = f"/admin/outcomes/outcome/{outcome.pk}/history/{version}/"
    assert "style=" not in text_of(client.get(address))
    answer = save(client, address, outcome_form(body="It matters."))
    assert answer.status_code == 302
    outcome.refresh_from_db()
    assert outcome.body_html.strip() == "<p>It matters.</p>"


# Staff who are no editors


@pytest.mark.parametrize("model", OURS)
def test_staff_who_are_no_editors_can_do_nothing_here(client, moderator, outcome, model):
    assert client.get(f"/admin/outcomes/{model}/").status_code == 403
    assert client.get(f"/admin/outcomes/{model}/add/").status_code == 403


def test_a_preview_is_for_editors(client, moderator):
    resource = make_resource(state="draft")
    assert client.get(f"/admin/outcomes/resource/{resource.pk}/preview/").status_code == 403


def test_an_anonymous_visitor_is_redirected_to_the_sign_in(client):
    resource = make_resource(state="draft")
    assert client.get(f"/admin/outcomes/resource/{resource.pk}/preview/").status_code == 302


def test_history_is_for_editors(client, moderator, outcome):
    assert client.get(f"/admin/outcomes/outcome/{outcome.pk}/history/").status_code == 403
