"""Error pages, for status 503 while the database or the cache is away or the disk is full, and for status 500.

They need neither a service nor a session and store nothing: a form that was sent is shown in the page, only there.
"""

import logging
from dataclasses import dataclass
from http import HTTPStatus

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.request import RawPostDataException
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# PostgreSQL's driver raises InternalError for a read-only database and for a broken file.
UNAVAILABLE = (OperationalError, InterfaceError, InternalError, RedisError)
RETRY_AFTER = 60  # seconds


@dataclass(frozen=True)
class SentField:
    """A field of a form that was sent, to be sent again unchanged."""

    name: str
    value: str

    @property
    def is_text(self) -> bool:
        """Whether a person may want to read and copy it: words, not the values of buttons and hidden fields."""
        return len(self.value.split()) > 1 or not self.value.isascii()

    @property
    def label(self) -> str:
        """Its name in words."""
        return self.name.replace("_", " ").replace("-", " ").capitalize()


def error_page(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """Return the page for an uncaught error: 503 where a service is away, else 500.

    It contains the form that was sent, with all that was typed, to be sent again.
    """
    if error is None or not is_unavailable(error):
        return _page(request, HTTPStatus.INTERNAL_SERVER_ERROR)
    _log_once_an_hour(error)
    response = _page(request, HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def is_unavailable(error: BaseException) -> bool:
    """Return whether an error means that a service is away, and is no fault of our code.

    SQLite raises OperationalError for a missing table too, with the code SQLITE_ERROR.
    """
    return isinstance(error, UNAVAILABLE) and getattr(error.__cause__, "sqlite_errorname", "") != "SQLITE_ERROR"


def _page(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    response = render(request, f"{status.value}.html", {"sent": _sent_fields(request)}, status=status)
    patch_cache_control(response, no_store=True, private=True)
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    return response


def _sent_fields(request: HttpRequest) -> list[SentField]:
    """Return the fields of a public or an admin form; no password, and no CSRF token: the page has a new one."""
    match = request.resolver_match
    if request.method != "POST" or not match:
        return []
    if not (getattr(match.func, "keeps_text", False) or match.app_name == "admin"):
        return []
    try:
        sent = [SentField(name, str(value)) for name, values in request.POST.lists() for value in values]
    except (UnreadablePostError, RawPostDataException):  # the connection broke while the form was being sent
        return []
    return [field for field in sent if field.name != "csrfmiddlewaretoken" and "password" not in field.name]


class _LastLogged:
    """The kind of error and the hour of the last line logged: a second line in the same hour would tell nothing new."""

    line: tuple[type[BaseException], str] | None = None


def _log_once_an_hour(error: BaseException) -> None:
    line = (type(error), f"{timezone.localtime():%Y-%m-%d %H}")
    if line != _LastLogged.line:
        _LastLogged.line = line
        logger.error("A part of the site is not available. Pages that need it answer 503.", exc_info=error)
