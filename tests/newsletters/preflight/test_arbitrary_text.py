"""Pre-flight on arbitrary text, with a number of queries that does not grow with the sections."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from newsletters.models import Issue
from newsletters.preflight.check import findings
from tests.newsletters.conftest import add_section, make_issue

pytestmark = pytest.mark.django_db

PIECES = st.sampled_from(
    ["[", "]", "(", ")", "!", "#", "/", "<", ">", "&", "\\", "*", "_", "\n", "\n\n", " ", "|", "-", "^", ":", "@", "%",
     "http://", "https://", "www.", "mailto:", "a", "example.org", "[a](", "![", "[^1]", "\n[^1]: ", "/about/", "//", "[::1",
     ":99999", "%00", "testserver", "http://testserver/", "\u202e", "\U0001f600", "ﬀ", "more soon", "&#x0;"]
)  # fmt: skip
WRITTEN = st.characters(exclude_characters="\0", exclude_categories=["Cs"])  # what a database can hold


def test_the_same_queries_for_six_sections_as_for_thirty_six(
    outcome, resource, consultation, quotation, reference, event, reader
):
    shown = {
        "text": {"body": "[a](/about/)"}, "feature": {"resource": resource}, "call": {"consultation": consultation},
        "quotation": {"quotation": quotation}, "reference": {"reference": reference},
        "event": {"event": event},
    }  # fmt: skip

    def counted(times):
        issue = make_issue(times)
        for kind, fields in list(shown.items()) * times:
            add_section(issue, kind, **fields)
        findings(issue)  # the first of all compiles templates
        with CaptureQueriesContext(connection) as queries:
            findings(issue)
        return len(queries)

    assert counted(1) == counted(6)


@pytest.mark.parametrize(
    "piece",
    [
        "[", "![", "](", "[a](", ")[", "insert ", "a", "![[]", "[a](/b/)", "https://a.b/ ", "<a href='", "&#0;", "> ",
        "[^1]", "\u202ex", "more on ", "x",
    ],
)  # fmt: skip
def test_no_long_text_raises(issue, piece):
    add_section(issue, "text", body=(piece * 20_000)[:20_000])
    assert isinstance(findings(issue), list)


def test_the_longest_text_raises_nothing(issue):
    add_section(issue, "text", body="![a](b) " * 12_500)
    found = findings(issue)
    assert "The picture 'a' is not sent." in [each.problem for each in found]


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(PIECES, max_size=40).map("".join), heading=st.text(WRITTEN), url=st.text(WRITTEN))
def test_no_text_raises(db, body, heading, url):
    issue = make_issue(Issue.objects.next_number())
    add_section(issue, "notice", body=body, heading=heading[:160], link_url=url[:500])
    assert isinstance(findings(issue), list)
