"""The account pages: allauth's views, made private, and one of our own."""

from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mscos.privacy import View, private


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show who is signed in, and what they can change."""
    second_step = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
    return render(request, "account/account.html", {"second_step": second_step})


def account_page(view: View) -> View:
    """Make one of allauth's views a page of ours.

    It is kept by no cache; where limits shut a person out it says so with status 429; and where the password is
    needed again it asks by plain redirect. (allauth would store a sent form with the visitor's address and agent.)
    """

    @private
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except ReauthenticationRequired:
            methods = get_adapter().get_reauthentication_methods(request.user)
            return redirect_to_login(request.path, methods[0]["url"] if methods else None)
        if _shut_out(response):
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        return response

    return wrapper


class _ActivateView(ActivateTOTPView):
    def form_valid(self, form: ActivateTOTPForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        # A code was just typed: this session need not be asked for another.
        record_authentication(self.request, self.request.user, method="mfa", type=Authenticator.Type.TOTP)
        return response


# The QR code is an image inside the page: at an address of its own it would be a second copy of the key.
activate_totp: View = csp_update({"img-src": ["data:"]})(_ActivateView.as_view())  # type: ignore[assignment]


def _shut_out(response: HttpResponse) -> bool:
    form = (getattr(response, "context_data", None) or {}).get("form")
    if form is None:
        return False
    problems = (problem for field in form.errors.as_data().values() for problem in field)
    return any(problem.code == "too_many_login_attempts" for problem in problems)
