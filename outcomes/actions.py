"""The erasure of quotations."""

from django.db import transaction
from django.utils import timezone

from mscos.backups.erasures import ErasureRule
from mscos.erasure import after_erasure
from mscos.models import User
from outcomes.models import Quotation


@transaction.atomic
def erase_quotation(*, quotation: Quotation, by: User | None) -> None:
    """Erase a quotation's text and credit wherever they are stored; keep that it was withdrawn, when and by whom.

    Its history is deleted, then one entry without text is written. What it was about stays and, if it was withdrawn
    before, the day of the first time.
    """
    quotation.history.all().delete()
    quotation.text = quotation.credit = quotation.content_note = ""
    quotation.organisation = quotation.consent_given_on = quotation.consent_expires_on = None
    quotation.withdrawn_on = quotation.withdrawn_on or timezone.localdate()
    quotation._history_user = by  # type: ignore[attr-defined]  # read by simple-history, as is the next
    quotation._change_reason = "Consent withdrawn, words erased"  # type: ignore[attr-defined]
    quotation.save()
    after_erasure()


def _erase_again(quotation: Quotation, became: str) -> None:
    """After a restore, erase a quotation that was withdrawn; hide one whose consent was changed until an editor looks."""
    if became == "withdrawn":
        erase_quotation(quotation=quotation, by=None)
    else:
        Quotation.objects.filter(pk=quotation.pk).update(consent_given_on=None, consent_expires_on=None)


WORDS = ErasureRule(
    columns=("withdrawn_on", "consent_given_on", "consent_expires_on", "consent_scope"),
    repeat=_erase_again,
    became="CASE WHEN NEW.withdrawn_on IS NULL THEN 'changed' ELSE 'withdrawn' END",
)
