"""What each section of an issue says."""

import pytest

from newsletters.parts import parts_of

pytestmark = pytest.mark.django_db


def test_each_kind_takes_its_heading_from_what_it_shows(issue, django_assert_num_queries):
    with django_assert_num_queries(3):
        parts = parts_of(issue)
    assert [(part.sort, part.heading) for part in parts] == [
        ("", "Welcome"),
        ("This week's focus", "Secure and suitable housing"),
        ("Reference", "A handbook"),
        ("This week's feature", "A toolkit"),
        ("", ""),
        ("We need your views", "What would have to change?"),
        ("Spotlight", "Another one"),
        ("Notice", "A training"),
    ]
