"""Fixtures of the admin of sendings."""

import pytest

from tests.newsletters.sending.helpers import begin, make_readers
from tests.people import sign_in


@pytest.fixture
def client(client, editor):
    """Robin, signed in."""
    sign_in(client, editor)
    return client


@pytest.fixture
def mailing(editor):
    """A sending to ten subscribers before the first mail."""
    make_readers(10)
    return begin(editor)
