"""Decorators for views of the forums."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from mscos.models import User
from mscos.privacy import Refusal, View

SIGNED_OUT = Refusal(403, "You are signed out. Nothing was lost. Sign in in another window, then send again.")


def with_author(view: View) -> View:
    """Pass the signed-in user to a view as `author`; redirect others to the sign-in page, or refuse what they send.

    A refused form comes back with all that was typed.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: str, refusal: Refusal | None = None, **kwargs: str) -> HttpResponse:
        if isinstance(request.user, User):
            return view(request, *args, refusal=refusal, author=request.user, **kwargs)
        if request.method != "POST":
            return redirect_to_login(request.get_full_path())
        return view(request, *args, refusal=refusal or SIGNED_OUT, author=User(), **kwargs)

    return wrapper
