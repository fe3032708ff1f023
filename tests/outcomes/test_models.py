"""The models of outcomes: constraints, queries and consent."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from mscos.models import User
from outcomes.actions import erase_quotation
from outcomes.models import Feature, Nation, Organisation, Outcome, Quotation, Reference, Resource, ResourceOrganisation
from tests.outcomes.conftest import TODAY, make_outcome, make_quotation, make_resource

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def refused(save):
    """Return whether the database itself refuses a write."""
    try:
        with transaction.atomic():
            save()
    except IntegrityError:
        return True
    return False


# Outcomes


def test_an_outcome_has_its_names_and_its_address(outcome):
    outcome.aliases = "Safe housing\n\n A home "
    assert str(outcome) == "Secure and suitable housing"
    assert outcome.short_title == "Housing"
    assert outcome.get_absolute_url() == "/outcomes/housing/"
    assert outcome.other_names == ["Safe housing", "A home"]


def test_two_outcomes_share_neither_name_nor_position(outcome):
    assert refused(lambda: make_outcome("housing", position=2))
    assert refused(lambda: make_outcome("safety", position=1))


def test_the_relation_of_outcomes_is_symmetrical(outcome):
    safety = make_outcome("safety")
    outcome.related.add(safety)
    assert list(safety.related.all()) == [outcome]


def test_markdown_is_rendered_when_it_is_saved(outcome):
    outcome.body = "It **matters**. <script>x</script>"
    outcome.save()
    html = Outcome.objects.get().body_html
    assert html.strip() == "<p>It <strong>matters</strong>. &lt;script&gt;x&lt;/script&gt;</p>"


def test_only_listed_resources_are_counted(outcome):
    make_resource("One", on=[outcome])
    make_resource("Two", on=[outcome, make_outcome("safety")])
    make_resource("Three", on=[outcome], state="draft")
    make_resource("Four", on=[outcome], state="withdrawn")
    assert list(Outcome.objects.with_counts().values_list("short_name", "resource_count")) == [
        ("housing", 2),
        ("safety", 1),
    ]


def test_counted_outcomes_keep_the_studys_order():
    for short_name, position in (("safety", 2), ("support", 3), ("housing", 1)):
        make_outcome(short_name, position=position)
    assert [outcome.short_name for outcome in Outcome.objects.with_counts()] == ["housing", "safety", "support"]


# Features


@pytest.mark.parametrize(
    ("starts", "ends", "current"),
    [
        (TODAY, None, True),
        (TODAY, TODAY, True),
        (TODAY - DAY, TODAY, True),
        (TODAY - DAY, TODAY - DAY, False),
        (TODAY + DAY, None, False),
    ],
)
def test_a_feature_is_current_from_its_first_to_its_last_day(outcome, today, starts, ends, current):
    Feature.objects.create(outcome=outcome, resource=make_resource(), starts=starts, ends=ends)
    assert Feature.objects.current().exists() is current


def test_a_feature_ends_no_earlier_than_it_starts(outcome):
    resource = make_resource()
    assert refused(lambda: Feature.objects.create(outcome=outcome, resource=resource, starts=TODAY, ends=TODAY - DAY))


def test_one_feature_of_an_outcome_starts_on_a_day(outcome):
    Feature.objects.create(outcome=outcome, resource=make_resource("One"), starts=TODAY)
    assert refused(lambda: Feature.objects.create(outcome=outcome, resource=make_resource("Two"), starts=TODAY))


def test_the_latest_feature_comes_first_then_the_titles(outcome, today):
    safety = make_outcome("safety")
    for title, starts in (("B", TODAY - DAY), ("C", TODAY), ("D", TODAY + DAY)):
        Feature.objects.create(outcome=outcome, resource=make_resource(title, on=[outcome]), starts=starts)
    make_resource("A", on=[outcome, safety])
    make_resource("Elsewhere", on=[safety])
    found = Resource.objects.featured_first(outcome).values_list("title", "featured_from")
    assert list(found) == [("C", TODAY), ("B", TODAY - DAY), ("A", None), ("D", None)]


def test_a_resource_is_not_featured_for_another_outcome(outcome, today):
    resource = make_resource(on=[outcome])
    Feature.objects.create(outcome=make_outcome("safety"), resource=resource, starts=TODAY)
    assert Resource.objects.featured_first(outcome).get().featured_from is None


# References


@pytest.mark.parametrize(
    ("sections", "pages", "place"),
    [
        ("14.10 to 14.13", "159 to 167", "sections 14.10 to 14.13, pages 159 to 167"),
        ("", "159 to 167", "pages 159 to 167"),
        ("14.10", "", "sections 14.10"),
        ("", "", ""),
    ],
)
def test_a_reference_says_where_to_look(sections, pages, place):
    assert Reference(document="Handbook", sections=sections, pages=pages).place == place


# Resources


def test_codes_are_random_and_easy_to_copy():
    codes = {make_resource().code for _ in range(20)}
    assert len(codes) == 20
    assert {len(code) for code in codes} == {8}
    assert set("".join(codes)) <= set("23456789bcdfghjkmnpqrstvwxz")


def test_nations_come_with_the_database():
    assert list(Nation.objects.values_list("code", "name")) == [
        ("e", "England"),
        ("s", "Scotland"),
        ("w", "Wales"),
        ("n", "Northern Ireland"),
        ("i", "International"),
    ]


def test_a_resource_needs_an_address_and_a_type_for_its_size():
    assert refused(lambda: make_resource(url=""))
    assert refused(lambda: make_resource(file_size="2 MB"))
    assert not refused(lambda: make_resource(file_type="PDF", file_size="2 MB"))


def test_an_organisation_is_named_once_in_a_role():
    resource, passage = make_resource(), Organisation.objects.create(name="The Passage")
    credit = {"resource": resource, "organisation": passage}
    ResourceOrganisation.objects.create(role="author", **credit)
    ResourceOrganisation.objects.create(role="funder", **credit)
    assert refused(lambda: ResourceOrganisation.objects.create(role="author", **credit))


def test_the_maker_is_the_first_author():
    resource = make_resource()
    assert Resource.objects.with_maker().get().maker is None
    for name, role, position in (("Z", "partner", 0), ("B", "author", 2), ("Y", "author", 1)):
        organisation = Organisation.objects.create(name=name)
        ResourceOrganisation.objects.create(resource=resource, organisation=organisation, role=role, position=position)
    assert Resource.objects.with_maker().get().maker == "Y"


def test_related_resources_share_an_outcome(outcome):
    safety = make_outcome("safety")
    one, two = make_resource("One", on=[outcome, safety]), make_resource("Two", on=[outcome, safety])
    make_resource("Three", on=[make_outcome("support")])
    assert list(Resource.objects.all().related_to(one)) == [two]


def test_recommended_before_is_not_symmetrical():
    training, toolkit = make_resource("Training"), make_resource("Toolkit")
    toolkit.recommended_before.add(training)
    assert list(training.recommended_before.all()) == []


# Quotations


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"consent_given_on": TODAY}, True),
        ({"consent_given_on": TODAY + DAY}, False),
        ({"consent_given_on": None}, False),
        ({"consent_expires_on": TODAY}, True),
        ({"consent_expires_on": TODAY - DAY}, False),
        ({"consent_scope": "both"}, True),
        ({"consent_scope": "newsletter"}, False),
    ],
)
def test_quotations_are_shown_only_with_live_consent_for_the_site(today, fields, shown):
    make_quotation(**fields)
    assert Quotation.objects.shown_on_site().exists() is shown


def test_a_withdrawn_quotation_is_never_live(today):
    make_quotation(consent_given_on=TODAY)
    erased = {"text": "", "credit": "", "content_note": "", "organisation": None}
    Quotation.objects.update(withdrawn_on=TODAY, **erased)
    assert list(Quotation.objects.with_live_consent()) == []


def test_consent_for_the_newsletter_is_live_though_not_for_the_site(today):
    quotation = make_quotation(consent_scope="newsletter")
    assert list(Quotation.objects.with_live_consent()) == [quotation]


def test_consent_ends_with_its_last_day_in_london():
    make_quotation(consent_expires_on=date(2023, 6, 1))
    with time_machine.travel("2023-06-01 22:59 +0000"):
        assert Quotation.objects.shown_on_site().exists()
    with time_machine.travel("2023-06-01 23:01 +0000"):
        assert not Quotation.objects.shown_on_site().exists()


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"consent_given_on": None}, "No consent"),
        ({"consent_given_on": TODAY}, "Live"),
        ({"consent_given_on": TODAY + DAY}, "From 21 March 2023"),
        ({"consent_expires_on": TODAY}, "Live until 20 March 2023"),
        ({"consent_expires_on": TODAY - DAY}, "Expired"),
        ({"text": "", "credit": "", "withdrawn_on": TODAY}, "Withdrawn"),
    ],
)
def test_editors_see_the_state_of_consent(today, fields, state):
    assert make_quotation(**fields).consent_state == state


def test_a_quotation_is_about_something():
    assert refused(lambda: make_quotation(outcome=None, resource=None))


def test_a_quotation_has_words_until_it_is_withdrawn_and_none_after():
    assert refused(lambda: make_quotation(text=""))
    assert refused(lambda: make_quotation(credit=""))
    assert refused(lambda: make_quotation(withdrawn_on=TODAY))
    assert refused(lambda: make_quotation(withdrawn_on=TODAY, text="", credit="", content_note="detention"))
    assert not refused(lambda: make_quotation(withdrawn_on=TODAY, text="", credit=""))


@pytest.mark.parametrize("fields", [{"text": ""}, {"credit": ""}, {"withdrawn_on": TODAY}])
def test_forms_check_it_before_the_database(outcome, fields):
    quotation = Quotation(**{"outcome": outcome, "text": "Words.", "credit": "A caseworker", **fields})
    with pytest.raises(ValidationError):
        quotation.full_clean()


def test_consent_does_not_expire_before_it_is_given():
    assert refused(lambda: make_quotation(consent_given_on=TODAY, consent_expires_on=TODAY - DAY))


def test_erasing_deletes_the_text_and_its_history(today):
    editor = User.objects.create_user("editor@example.org", display_name="Ed")
    organisation = Organisation.objects.create(name="The Passage")
    quotation = make_quotation("First words.", organisation=organisation, content_note="detention")
    quotation.text = "Second words."
    quotation.save()
    erase_quotation(quotation=quotation, by=editor)
    kept = Quotation.objects.values("text", "credit", "content_note", "organisation", "withdrawn_on").get()
    empty = {"text": "", "credit": "", "content_note": "", "organisation": None, "withdrawn_on": TODAY}
    assert kept == empty
    entry = Quotation.history.get()
    assert {name: getattr(entry, name) for name in empty} == empty
    assert (entry.history_user, entry.history_change_reason) == (editor, "Consent withdrawn, words erased")


def test_erasing_again_keeps_the_first_day(today):
    editor = User.objects.create_user("editor@example.org", display_name="Ed")
    quotation = make_quotation()
    with time_machine.travel("2023-03-01 12:00 +0000"):
        erase_quotation(quotation=quotation, by=editor)
    erase_quotation(quotation=quotation, by=editor)
    assert Quotation.objects.get().withdrawn_on == date(2023, 3, 1)


def test_a_deleted_quotation_leaves_no_history():
    make_quotation("Some words.").delete()
    assert Quotation.history.count() == 0


def test_a_quotation_deleted_with_its_resource_leaves_no_history():
    resource = make_resource()
    make_quotation(resource=resource, outcome=None)
    resource.delete()
    assert (Quotation.objects.count(), Quotation.history.count()) == (0, 0)


def test_the_name_of_a_quotation_has_none_of_its_text():
    quotation = make_quotation("Some words.")
    assert str(quotation) == f"Quotation {quotation.pk}"


@pytest.mark.parametrize("model", [Outcome, Resource, Feature, Reference, Quotation, Organisation])
def test_history_is_kept_of_editorial_rows_without_their_html(model):
    assert not [field.name for field in model.history.model._meta.get_fields() if field.name.endswith("_html")]
