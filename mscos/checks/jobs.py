"""Checks of the jobs and mail queues that the settings name."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string


def job_problems() -> Iterator[CheckMessage]:
    """Yield each path that leads to no function: such a job would fail each time, and only log."""
    yield from _problems("JOBS", settings.JOBS)
    yield from _problems("MAIL_QUEUES", settings.MAIL_QUEUES)


def _problems(setting: str, paths: Iterable[str]) -> Iterator[CheckMessage]:
    for path in paths:
        reason = _fault(path)
        if reason:
            yield Error(
                f"{setting} names '{path}', which cannot be run: {reason}.",
                hint="Correct its spelling in mscos/settings.py, or take it out.",
                id="mscos.E021",
            )


def _fault(path: str) -> str:
    """Return what is wrong with a path, '' if nothing is."""
    try:
        return "" if callable(import_string(path)) else "it is not a function"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
