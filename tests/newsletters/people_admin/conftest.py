"""Fixtures of the admin of subscribers and enquiries."""

import pytest

from mscos.groups import EDITORS
from tests.newsletters.people_admin.helpers import make_enquiry
from tests.people import make_staff, sign_in


@pytest.fixture
def signed_in(client, editor):
    """Robin's browser."""
    sign_in(client, editor)
    return client


@pytest.fixture
def administrator(client):
    person = make_staff("admin@example.org", is_superuser=True)
    sign_in(client, person)
    return client


@pytest.fixture
def kim(db):
    return make_staff("kim@example.org", display_name="Kim", groups=[EDITORS])


@pytest.fixture
def enquiry(db):
    return make_enquiry("Do you know a toolkit?", email="sam@example.org", name="Sam", organisation="A charity")
