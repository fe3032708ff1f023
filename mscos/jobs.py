"""Jobs of the background worker: each runs when it is due, in one worker however many there are.

`settings.JOBS` names them. A worker claims a job by postponing its due time with a conditional update: only the worker
whose update changes a row runs it. A job that fails is logged and tried again after RETRY, or after its interval where
that is shorter.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.module_loading import import_string

from mscos.models import Job

logger = logging.getLogger(__name__)

RETRY = timedelta(minutes=10)  # for jobs that run once a day


def run_due_jobs() -> list[str]:
    """Run every job that is due and that no other worker has claimed; return the names of those that succeeded here."""
    return [name for name, seconds in settings.JOBS.items() if _claim(name, seconds) and _run(name)]


def clear_expired_sessions() -> None:
    """Delete expired sessions, which tell who was signed in when. A job of the background worker."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


def _claim(name: str, seconds: int) -> bool:
    now = timezone.now()
    Job.objects.get_or_create(name=name, defaults={"due_at": now})
    due = Job.objects.filter(name=name, due_at__lte=now)
    return due.update(due_at=now + timedelta(seconds=seconds)) == 1


def _run(name: str) -> bool:
    """Run a job and return whether it succeeded; where it failed, it is due again after RETRY at the latest."""
    try:
        import_string(name)()
    except Exception:
        logger.exception("The job %s failed. It will be tried again within ten minutes.", name)
        retry_at = timezone.now() + RETRY
        Job.objects.filter(name=name, due_at__gt=retry_at).update(due_at=retry_at)
        return False
    return True
