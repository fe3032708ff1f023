"""The account pages: allauth's views, kept out of caches, and one of our own."""

from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
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

from mscos.accounts.allauth_internals import ReauthenticationRequired, record_authentication
from mscos.privacy import View, private


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show who is signed in, and what they can change."""
    has_second_factor = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
    return render(request, "account/account.html", {"has_second_factor": has_second_factor})


def account_page(view: View) -> View:
    """Wrap one of allauth's views: no cache stores it, and a limit that is used up gives status 429.

    Where the password is needed again it redirects; allauth would store a sent form with the IP address and user agent.
    """

    @private
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except ReauthenticationRequired:
            methods = get_adapter().get_reauthentication_methods(request.user)
            return redirect_to_login(request.path, methods[0]["url"] if methods else None)
        if _is_limited(response):
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        return response

    return wrapper


class _ActivateView(ActivateTOTPView):
    def form_valid(self, form: ActivateTOTPForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        # A code was just typed: this session need not be asked for another.
        record_authentication(self.request, self.request.user, method="mfa", type=Authenticator.Type.TOTP)
        return response


# The QR code is a data: image: at an address of its own it would be a second copy of the key.
activate_totp: View = csp_update({"img-src": ["data:"]})(_ActivateView.as_view())  # type: ignore[assignment]


def _is_limited(response: HttpResponse) -> bool:
    form = (getattr(response, "context_data", None) or {}).get("form")
    if form is None:
        return False
    problems = (problem for field in form.errors.as_data().values() for problem in field)
    return any(problem.code == "too_many_login_attempts" for problem in problems)
