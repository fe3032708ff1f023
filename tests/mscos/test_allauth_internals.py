"""The undocumented names of allauth: imported in one module, and as we use them in the installed version."""

import re

import pytest
from allauth.core.context import request_context
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.test import RequestFactory

from mscos.accounts import allauth_internals
from tests.people import make_person
from tests.test_architecture import SOURCES, name_of

UNDOCUMENTED = re.compile(r"^\s*(?:from|import) allauth\.(?:\w+\.)*(?:internal|core)\b", re.MULTILINE)


@pytest.fixture
def request_of_a_person(db):
    request = RequestFactory().get("/")
    request.user, request.session = make_person(), {}
    return request


def test_one_module_imports_what_allauth_does_not_document():
    found = [name_of(path) for path in SOURCES if UNDOCUMENTED.search(path.read_text())]
    assert found == ["mscos/accounts/allauth_internals.py"]


def test_each_name_is_there():
    assert [name for name in allauth_internals.__all__ if getattr(allauth_internals, name, None) is None] == []


def test_a_session_records_how_its_person_signed_in(request_of_a_person):
    request, user = request_of_a_person, request_of_a_person.user
    allauth_internals.record_authentication(request, user, method="mfa", type="totp")
    [record] = allauth_internals.get_authentication_records(request, user)
    assert (record["method"], record["type"], record["at"] > 0) == ("mfa", "totp", True)


def test_the_key_of_an_authenticator_waits_in_the_session_of_the_request(request_of_a_person):
    with request_context(request_of_a_person):
        assert allauth_internals.context.request is request_of_a_person
        form = ActivateTOTPForm(user=request_of_a_person.user)
    assert request_of_a_person.session[allauth_internals.SECRET_SESSION_KEY] == form.secret
