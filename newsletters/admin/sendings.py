"""The admin of mailings, which editors follow and steer. Its log tells what was done, by number and without addresses."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_safe

from mscos.csv_lines import csv_lines
from mscos.models import User
from mscos.pagination import paginate
from mscos.portal_admin import PortalAdmin
from newsletters.models import Delivery, Mailing
from newsletters.sending import mailings
from newsletters.sending.progress import progress_of

DELIVERIES_PER_PAGE = 100
LOOK_AGAIN = 5  # seconds, for who follows a sending
COLUMNS = ["address", "state", "attempts", "last change", "answer of the mail server", "may have gone out twice"]

# What can be done, and what the log calls it.
COMMANDS: dict[str, tuple[str, Callable[[Mailing, User], object]]] = {
    "pause": ("Paused.", lambda mailing, _: mailings.pause(mailing=mailing)),
    "resume": ("It goes on.", lambda mailing, _: mailings.resume(mailing=mailing)),
    "stop": ("Stopped.", lambda mailing, by: mailings.stop(mailing=mailing, by=by)),
    "retry": ("The failed are tried again.", lambda mailing, by: mailings.retry_failed(mailing=mailing, by=by)),
    "send-again": (
        "The uncertain are sent again.",
        lambda mailing, by: mailings.send_uncertain_again(mailing=mailing, by=by),
    ),
    "take-as-sent": (
        "The uncertain are taken as sent.",
        lambda mailing, _: mailings.take_uncertain_as_sent(mailing=mailing),
    ),
}


@admin.register(Mailing)
class MailingAdmin(PortalAdmin):
    """The admin of mailings: how each issue was sent, and to whom. Nothing is typed here."""

    list_display = ("issue_name", "state", "started_at", "finished_at", "readers")
    list_select_related = ("issue",)
    ordering = ("-started_at",)
    list_per_page = 50

    @admin.display(description="issue", ordering="issue__number")
    def issue_name(self, mailing: Mailing) -> str:
        """Return which issue it is."""
        return str(mailing.issue)

    @admin.display(description="readers")
    def readers(self, mailing: Mailing) -> int | None:
        """Return to how many readers it goes."""
        return mailing.issue.recipient_count

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: publishing an issue begins its sending."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Mailing | None = None) -> bool:
        """Return False: a ledger that can be deleted proves nothing."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Add the ledger's lists and files, and the commands."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/<slug:state>/list/", view(self.deliveries), name="newsletters_mailing_deliveries"),
            path("<int:pk>/<slug:state>/file/", view(self.file), name="newsletters_mailing_file"),
            path("<int:pk>/do/<slug:act>/", view(self.do), name="newsletters_mailing_do"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list under its plain name."""
        return super().changelist_view(request, {"title": "Sendings", **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the progress of a sending; whoever follows it gets the page anew every few seconds."""
        mailing = self._mailing(request, int(object_id) if object_id.isdecimal() else 0)
        follows = "follow" in request.GET and mailing.state == Mailing.State.RUNNING
        context = {
            "progress": progress_of(mailing),
            "follows": follows,
            "seconds": LOOK_AGAIN,
            "may_steer": self.has_change_permission(request),
            "title": f"{mailing}",
        }
        answer = self._page(request, "progress", mailing, context)
        if follows:
            answer.headers["Refresh"] = str(LOOK_AGAIN)
        return answer

    @method_decorator(require_safe)
    def deliveries(self, request: HttpRequest, pk: int, state: str) -> HttpResponse:
        """List the deliveries in one state."""
        mailing, rows = self._deliveries(request, pk, state)
        page = paginate(request, rows, DELIVERIES_PER_PAGE)
        label = Delivery.State(state).label
        return self._page(
            request, "deliveries", mailing, {"page": page, "state": state, "title": f"{mailing}: {label}"}
        )

    @method_decorator(require_safe)
    def file(self, request: HttpRequest, pk: int, state: str) -> StreamingHttpResponse:
        """Return the deliveries in one state as a CSV file, and log that it was taken."""
        mailing, rows = self._deliveries(request, pk, state)
        self.log_change(request, mailing, f"File of state '{state}' taken.")
        lines = csv_lines(_table(rows.iterator(chunk_size=1000)))
        name = f"{mailing.issue.slug}-{state}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def do(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        """Carry out a command; ask once before stopping for good."""
        mailing = self._mailing(request, pk)
        if act not in COMMANDS or (request.method != "POST" and act != "stop"):
            raise Http404
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, "stop", mailing, {"title": f"Stop sending {mailing.issue}?"})
        done, steer = COMMANDS[act]
        self.perform(request, mailing, lambda by: steer(mailing, by), done=done)
        return redirect("admin:newsletters_mailing_change", mailing.pk)

    def _mailing(self, request: HttpRequest, pk: int) -> Mailing:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(Mailing.objects.select_related("issue"), pk=pk)

    def _deliveries(self, request: HttpRequest, pk: int, state: str) -> tuple[Mailing, Any]:
        mailing = self._mailing(request, pk)
        if state not in Delivery.State.values:
            raise Http404
        return mailing, mailing.deliveries.filter(state=state).select_related("subscriber").order_by("pk")

    def _page(self, request: HttpRequest, name: str, mailing: Mailing, context: dict[str, Any]) -> TemplateResponse:
        around = {**self.admin_site.each_context(request), "opts": self.opts, "mailing": mailing}
        return TemplateResponse(request, f"admin/newsletters/mailing/{name}.html", {**around, **context})


def _table(rows: Iterator[Delivery]) -> Iterator[list[Any]]:
    """Yield the lines of a file: headings, then a line a delivery. Subscribers who left have no address any more."""
    yield COLUMNS
    for row in rows:
        moment = timezone.localtime(row.changed_at).isoformat(timespec="seconds") if row.changed_at else ""
        doubted = "yes" if row.doubted else "no"
        email = row.subscriber.email if row.subscriber else ""
        yield [email, row.get_state_display(), row.attempts, moment, row.code, doubted]
