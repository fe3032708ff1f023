"""Actions on reports: readers send them, moderators close and reopen them."""

from datetime import timedelta

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from forums.models import Post, Report
from forums.moderation.decisions import UNDO_LASTS
from forums.post_lifecycle import lock_post
from mscos.codes import form_digest
from mscos.erasure import after_erasure
from mscos.models import User

REPORT_DAYS = 30  # after which a closed report is erased; the safety page says so


@transaction.atomic
def report(*, post: Post, submission_id: str, reason: str, words: str) -> Report | None:
    """Store a report of a post and return it; None where the post was taken down meanwhile.

    The same form sent twice is one report.
    """
    if not lock_post(post).is_shown:
        return None
    digest = form_digest(repr((submission_id, post.pk, reason, words)))
    stored, _ = Report.objects.get_or_create(
        form_digest=digest, defaults={"post": post, "reason": reason, "words": words}
    )
    return stored


@transaction.atomic
def close_reports(*, post: Post, by: User) -> int:
    """Close the open reports of a post and return how many there were."""
    keys = list(post.reports.open().values_list("pk", flat=True))
    cache.set(_closed_key(post), [*cache.get(_closed_key(post), []), *keys], UNDO_LASTS)
    return post.reports.filter(pk__in=keys).update(handled_by=by, handled_on=timezone.localdate())


def can_reopen(*, post: Post) -> bool:
    """Return whether reports of a post were closed in the last ten minutes."""
    return post.reports.filter(pk__in=cache.get(_closed_key(post), [])).exists()


@transaction.atomic
def reopen_reports(*, post: Post) -> int:
    """Reopen the reports that were closed in the last ten minutes and return how many there were."""
    reports = post.reports.filter(pk__in=cache.get(_closed_key(post), []))
    cache.delete(_closed_key(post))
    return reports.update(handled_by=None, handled_on=None)


def _closed_key(post: Post) -> str:
    return f"reports-closed:{post.pk}"


def erase_old_reports() -> None:
    """Delete the reports closed more than REPORT_DAYS ago. A job of the background worker."""
    Report.objects.filter(handled_on__lt=timezone.localdate() - timedelta(days=REPORT_DAYS)).delete()
    after_erasure()
