import io
import logging
import re
import sys

import pytest
from django.db import IntegrityError
from django.test import Client, RequestFactory
from django.urls import path
from django.utils.log import configure_logging
from django.views.debug import ExceptionReporter, get_exception_reporter_filter

from mscos.redacting_logs import RedactingFormatter

MARK = "marked-text"
LINE = r"\d{4}-\d\d-\d\d \d\dh"


def broken(request):
    typed = request.POST.get("body")  # a variable of the frame
    raise RuntimeError(f"could not save {typed}") from IntegrityError(f"Failing row contains ({typed}).")


urlpatterns = [path("broken/", broken, name="broken"), path("broken/<str:token>/", broken, name="broken_link")]


def handler500(request):
    from django.http import HttpResponse

    return HttpResponse(status=500)


@pytest.fixture
def stderr(monkeypatch, settings):
    """What the portal's own logging writes, as it is set up at the start."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    yield written
    root.handlers[:], root.level = before


def logged(stderr):
    return stderr.getvalue().splitlines()


def post_marked(**extra):
    client = Client(raise_request_exception=False)
    client.cookies["marked"] = MARK
    return client.post("/broken/", {"body": MARK}, REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT=MARK, **extra)


@pytest.mark.urls(__name__)
def test_a_link_that_fails_is_not_written_into_the_log(stderr):
    assert Client(raise_request_exception=False).get(f"/broken/{MARK}/").status_code == 500
    assert re.fullmatch(rf"{LINE} ERROR django.request A request failed: broken_link", logged(stderr)[0])
    assert MARK not in stderr.getvalue()


@pytest.mark.urls(__name__)
def test_an_error_is_logged_with_its_kind_and_place_and_nothing_of_the_request(stderr):
    assert post_marked().status_code == 500
    first, kind, *places = logged(stderr)
    assert re.fullmatch(rf"{LINE} ERROR django.request A request failed: broken", first)
    assert kind == "RuntimeError (message left out)"
    assert re.fullmatch(rf"  {re.escape(__file__)}:\d+ in broken", places[-1])
    assert [mark for mark in (MARK, "203.0.113.9", "Failing row") if mark in stderr.getvalue()] == []


def test_a_line_names_the_hour_and_neither_minute_nor_second():
    record = logging.LogRecord("mscos", logging.WARNING, __file__, 1, "A job failed", None, None)
    record.created = 1679913296.5
    assert re.fullmatch(r"2023-03-27 \d\dh WARNING mscos A job failed", RedactingFormatter().format(record))


@pytest.mark.django_db
def test_pages_that_are_missing_or_refused_leave_no_line(stderr, client):
    strict = Client(enforce_csrf_checks=True)
    answers = [
        client.get("/no/such/page/"),
        strict.post("/accounts/login/", {"login": MARK}),
        client.get("/about/", HTTP_HOST="evil.example"),
    ]
    assert [answer.status_code for answer in answers] == [404, 403, 400]
    assert logged(stderr) == []


def test_warnings_of_ours_are_written_once(stderr):
    logging.getLogger("mscos.jobs").warning("A job failed")
    logging.getLogger("django.db").warning("Slow")
    assert [re.sub(LINE, "", line) for line in logged(stderr)] == [
        " WARNING mscos.jobs A job failed",
        " WARNING django.db Slow",
    ]


@pytest.mark.parametrize("debug", [True, False])
def test_an_error_report_holds_nothing_of_the_request(settings, debug):
    settings.DEBUG = debug
    request = RequestFactory().post("/broken/", {"body": MARK}, REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT=MARK)
    request.COOKIES["marked"] = MARK
    try:
        broken(request)
    except RuntimeError:
        reporter = ExceptionReporter(request, *sys.exc_info())
    kept = get_exception_reporter_filter(request)
    assert kept.is_active(request)
    assert (kept.get_post_parameters(request), kept.get_safe_cookies(request), kept.get_safe_request_meta(request)) == (
        {},
        {},
        {},
    )
    assert [var for frame in reporter.get_traceback_frames() for var in frame.get("vars", [])] == []
