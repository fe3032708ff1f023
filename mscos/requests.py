"""The request of a view that only people who are signed in reach."""

from django.http import HttpRequest

from mscos.models import User


class AuthenticatedHttpRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User
