"""Signing up, writing to the team, and leaving: the pages of people who get the newsletter or ask something."""

from django.http import HttpRequest, HttpResponse


def contact(request: HttpRequest) -> HttpResponse:
    """P16."""
    return HttpResponse()


def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """P17."""
    return HttpResponse()


def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """P18."""
    return HttpResponse()


def subscription_ask(request: HttpRequest) -> HttpResponse:
    """Ask for a link."""
    return HttpResponse()


def subscription_detail(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is held."""
    return HttpResponse()


def change_email(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm a new address."""
    return HttpResponse()
