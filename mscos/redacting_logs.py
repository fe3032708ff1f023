"""Logging without personal data: the hour only, no address, no exception message, no request data.

The message of an exception may quote a row (PostgreSQL: 'Failing row contains …'), so only its type and its stack are
logged. `docs/logs.md` says what each log may contain.
"""

import logging
import sys
import threading
import traceback
from collections.abc import ItemsView
from http import HTTPStatus
from types import TracebackType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class RedactingFormatter(logging.Formatter):
    """Formats a record as one line with the hour; of an exception only the type and the stack."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%d %Hh")

    def format(self, record: logging.LogRecord) -> str:
        """Name the view of a request that failed, never its path: that may be a reader's private link."""
        changes: dict[str, Any] = {"exc_text": None}  # which another formatter may have cached
        if hasattr(record, "request"):
            match = getattr(record.request, "resolver_match", None)
            changes |= {"msg": f"A request failed: {match.view_name if match else 'no view'}", "args": ()}
        return super().format(logging.makeLogRecord({**record.__dict__, **changes}))

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802  the name is logging's
        """Return the type and the stack of an exception, never its message."""
        kind, _, frames = ei
        name = kind.__name__ if kind else "no exception"
        places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(frames)]
        return "\n".join([f"{name} (message left out)", *places])


class NotUnavailable(logging.Filter):
    """Leaves out the line that Django writes for each answer with status 503."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is about anything else."""
        return getattr(record, "status_code", None) != HTTPStatus.SERVICE_UNAVAILABLE


def redact_uncaught_exceptions() -> None:
    """Redact uncaught exceptions too, in any thread and in `__del__`, and hide errors of logging itself."""
    sys.excepthook = lambda kind, error, frames: _write_uncaught((kind, error, frames))
    threading.excepthook = sys.unraisablehook = _write_uncaught_in_thread
    logging.raiseExceptions = False  # else a line that cannot be formatted is printed with all its arguments


def _write_uncaught_in_thread(args: "threading.ExceptHookArgs | sys.UnraisableHookArgs") -> None:
    error = args.exc_value or args.exc_type()
    _write_uncaught((args.exc_type, error, args.exc_traceback))


def _write_uncaught(exc_info: ExcInfo) -> None:
    """Write to stderr without a logger: logging may not be set up yet."""
    record = logging.LogRecord("mscos", logging.CRITICAL, "", 0, "An exception was not caught.", (), exc_info)
    print(RedactingFormatter().format(record), file=sys.stderr, flush=True)  # noqa: T201


class RedactingReporterFilter(SafeExceptionReporterFilter):
    """Keeps headers, cookies, forms and variables out of error pages and reports."""

    def is_active(self, request: HttpRequest | None) -> bool:
        """Return True, in DEBUG too: it is no reason to show what a person typed."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """Return nothing that was typed."""
        return {}

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        """Return no cookies."""
        return {}

    def get_safe_request_meta(self, request: HttpRequest) -> dict[str, Any]:
        """Return no headers and no address."""
        return {}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> ItemsView[str, Any]:
        """Return no variables: they may contain a post or a code."""
        return dict[str, Any]().items()
