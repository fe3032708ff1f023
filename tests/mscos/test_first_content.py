"""`manage.py add_first_content`: outcomes and forums for an empty site, and no posts."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command

from forums.models import Forum
from outcomes.models import Outcome

pytestmark = pytest.mark.django_db

HELPLINES = """\
  Modern Slavery & Exploitation Helpline: 08000 121 700 (24 hours, every day)
  Salvation Army referral helpline: 0800 808 3733 (England and Wales, 24 hours, every day)
"""


def add():
    out = StringIO()
    call_command("add_first_content", stdout=out)
    return out.getvalue()


def rows():
    """Return every row of our tables, by table."""
    ours = [
        model
        for model in apps.get_models()
        if model.__module__.split(".")[0] in {"mscos", "outcomes", "events", "forums", "newsletters"}
    ]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in ours}


def test_only_what_is_nobodys_words_is_added():
    before = rows()
    assert add() == (
        "Added the seven outcomes, the ten domains and a forum for each outcome.\n"
        "Every page shows these helplines. Hold them against the helplines' own pages:\n" + HELPLINES
    )
    added = {label: len(found) - len(before[label]) for label, found in rows().items() if found != before[label]}
    assert added == {
        "outcomes.Domain": 10,
        "outcomes.HistoricalOutcome": 7,
        "outcomes.Outcome": 7,
        "forums.Forum": 7,
    }
    assert list(Forum.objects.values_list("slug", "outcome__short_name", "position", "state")) == [
        (name, name, position, "open")
        for position, name in enumerate(Outcome.objects.values_list("short_name", flat=True), start=1)
    ]
    # Nobody of the team has read the pages yet, so none says that somebody has.
    assert set(Outcome.objects.values_list("last_reviewed", flat=True)) == {None}


def test_a_second_run_changes_nothing_even_where_editors_have_renamed_and_deleted():
    add()
    Forum.objects.filter(slug="education").delete()
    Outcome.objects.filter(short_name="education").delete()
    Outcome.objects.filter(short_name="medical").update(short_name="health", body="Our own words.")
    Forum.objects.filter(slug="medical").update(slug="health", purpose="Our own words.")
    before = rows()
    assert add() == "There are outcomes or forums already. Nothing was changed.\n"
    assert rows() == before


def test_its_pages_are_whole(client):
    add()
    pages = ["/", "/outcomes/", "/forums/", "/safety/"]
    pages += [row.get_absolute_url() for row in [*Outcome.objects.all(), *Forum.objects.all()]]
    assert [(address, client.get(address).status_code) for address in pages] == [(address, 200) for address in pages]
