"""Fixtures of the admin of sections."""

import pytest
from django.test import Client

from tests.newsletters.conftest import make_issue
from tests.people import make_staff, sign_in


@pytest.fixture
def draft(db):
    return make_issue(5)


@pytest.fixture
def client(client, editor):
    """Robin, signed in."""
    sign_in(client, editor)
    return client


@pytest.fixture
def kim_client(db):
    """Kim, who edits too, in another browser."""
    kim = Client()
    sign_in(kim, make_staff("kim@example.org", display_name="Kim", groups=["Editors"]))
    return kim
