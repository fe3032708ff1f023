"""Previews of an issue: the page, the mail and the plain text side by side; and the buttons to test and publish it.

The previews are pages of their own, shown in frames without scripts. Only these may be framed, by this site's own pages.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mscos.mail.queue import enqueue
from mscos.models import User
from mscos.portal_admin import HistoryAdmin
from mscos.requests import AuthenticatedHttpRequest
from newsletters import editing, publishing
from newsletters.admin_forms import ScheduleForm
from newsletters.content.blocks import blocks_of
from newsletters.content.email import SUBSCRIBER_PLACEHOLDER, Mail, dark, light, mail_of
from newsletters.models import Issue, Mailing, Subscriber
from newsletters.preflight.check import MAX_MAIL_BYTES, findings
from newsletters.sending import mailings
from newsletters.sending.messages import issue_message

# A link in a frame opens a tab of its own: the page that it leads to lets nobody frame it.
OPEN_TABS = ("<head>", '<head><base target="_blank">')
PAGE_POLICY = {"frame-ancestors": [SELF], "script-src": [NONE]}
MAIL_POLICY = {**PAGE_POLICY, "style-src": [UNSAFE_INLINE]}  # mail programs want styles in the elements

View = Callable[..., HttpResponse]


def allowing_frames(view: View) -> View:
    """Let a page contain frames of this site's own pages."""
    return cast("View", csp_update({"frame-src": [SELF]})(cast("Any", view)))


def framed(policy: dict[str, Any]) -> Callable[[View], View]:
    """Let this site's own pages frame a view, under a content policy of its own."""

    def decorate(view: View) -> View:
        return cast("View", xframe_options_sameorigin(csp_replace(policy)(cast("Any", view))))

    return decorate


def for_editors(*, only: Callable[[View], View], right: str = "change") -> Callable[[View], View]:
    """Make a view of one issue: it requires the permission `right`, and gets the issue in place of its key."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(admin: Any, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
            if not getattr(admin, f"has_{right}_permission")(request):
                raise PermissionDenied
            return view(admin, request, get_object_or_404(Issue, pk=pk), **kwargs)

        return cast("View", method_decorator(cast("Any", only))(wrapper))

    return decorate


class PreviewAdmin(HistoryAdmin):
    """The part of the issues' admin that previews an issue, sends it for a test, and publishes it."""

    def get_urls(self) -> list[URLPattern]:
        """Add the previews and the commands."""
        shown = ("faces", "face_web", "face_mail", "face_mail_dark")
        acts = ("send_test", "make_preview", "end_preview", "publish", "schedule", "unschedule", "withdraw")
        own = [
            path(f"<int:pk>/{name.replace('_', '-')}/", self._mount(name), name=f"newsletters_issue_{name}")
            for name in (*shown, *acts)
        ]
        return [*own, *super().get_urls()]

    def _mount(self, name: str) -> View:
        return cast("View", self.admin_site.admin_view(getattr(self, name)))

    @allowing_frames
    @for_editors(only=require_safe, right="view")
    def faces(self, request: HttpRequest, issue: Issue) -> HttpResponse:
        """Show all previews of an issue, the findings of pre-flight, and what can be done next."""
        return self._faces(request, issue, ScheduleForm())

    def _faces(self, request: HttpRequest, issue: Issue, schedule: ScheduleForm) -> HttpResponse:
        mail = mail_of(issue)
        found = findings(issue)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{issue}: how it looks",
            "opts": self.opts,
            "issue": issue,
            "mail": mail,
            "kilobytes": round(mail.size / 1000, 1),
            "max_kilobytes": MAX_MAIL_BYTES // 1000,
            "mails": [_message(issue, mail, to="", plain_subject=plain) for plain in (True, False)],
            "findings": found,
            "blocked": any(finding.blocks for finding in found),
            "version": publishing.issue_version(issue=issue, mail=mail),
            "frozen": editing.frozen_because(issue=issue),
            "preview": f"{settings.SITE_URL}{issue.get_preview_url()}" if issue.get_preview_url() else "",
            "may_change": self.has_change_permission(request),
            "readers": Subscriber.objects.confirmed().count(),
            "mailing": Mailing.objects.filter(issue=issue).first(),
            "schedule": schedule,
        }
        return TemplateResponse(request, "admin/newsletters/issue/previews.html", context)

    @framed(PAGE_POLICY)
    @for_editors(only=require_safe, right="view")
    def face_web(self, request: HttpRequest, issue: Issue) -> HttpResponse:
        """Show the page, as if it were published now."""
        issue.publish_at = issue.publish_at or timezone.now()  # not saved
        context = {"issue": issue, "blocks": blocks_of(issue), "site_url": settings.SITE_URL}
        return _in_frame(render_to_string("newsletters/issue_detail.html", context, request))

    @framed(MAIL_POLICY)
    @for_editors(only=require_safe, right="view")
    def face_mail(self, request: HttpRequest, issue: Issue) -> HttpResponse:
        """Show the mail on a light device."""
        return _in_frame(light(mail_of(issue).html))

    @framed(MAIL_POLICY)
    @for_editors(only=require_safe, right="view")
    def face_mail_dark(self, request: HttpRequest, issue: Issue) -> HttpResponse:
        """Show the mail on a dark device."""
        return _in_frame(dark(mail_of(issue).html))

    @for_editors(only=require_POST)
    def send_test(self, request: AuthenticatedHttpRequest, issue: Issue) -> HttpResponse:
        """Send the mail to the editor who asks."""
        to = request.user.email
        message = _message(issue, mail_of(issue), to=to, plain_subject=False)
        message.subject = f"Test: {message.subject}"
        enqueue(message)
        self.log_change(request, issue, "Test sent.")
        self.message_user(request, f"The test is on its way to {to}.", messages.SUCCESS)
        return redirect("admin:newsletters_issue_faces", issue.pk)

    @for_editors(only=require_POST)
    def make_preview(self, request: HttpRequest, issue: Issue) -> HttpResponse:
        """Make a link by which others can read the draft, or a new one in its place."""
        return self._act(request, issue, "Preview link made.", lambda _: publishing.make_preview(issue=issue))

    @for_editors(only=require_POST)
    def end_preview(self, request: HttpRequest, issue: Issue) -> HttpResponse:
        """End the link."""
        return self._act(request, issue, "Preview link ended.", lambda _: publishing.end_preview(issue=issue))

    @for_editors(only=require_POST)
    def publish(self, request: HttpRequest, issue: Issue) -> HttpResponse:
        """Publish an issue that is still as its editor saw it."""
        version = request.POST.get("version", "")
        return self._act(
            request, issue, "Published.", lambda by: publishing.publish(issue=issue, by=by, version=version)
        )

    @allowing_frames
    @for_editors(only=require_POST)
    def schedule(self, request: HttpRequest, issue: Issue) -> HttpResponse:
        """Schedule an issue that is still as its editor saw it; an invalid time stands in the form again."""
        form = ScheduleForm(request.POST)
        if not form.is_valid():
            return self._faces(request, issue, form)
        told = {"at": form.cleaned_data["at"], "version": request.POST.get("version", "")}
        return self._act(request, issue, "Scheduled.", lambda by: mailings.schedule(issue=issue, by=by, **told))

    @for_editors(only=require_POST)
    def unschedule(self, request: HttpRequest, issue: Issue) -> HttpResponse:
        """Make a scheduled issue a draft again."""
        return self._act(request, issue, "A draft again.", lambda by: mailings.unschedule(issue=issue, by=by))

    @for_editors(only=require_http_methods(["GET", "HEAD", "POST"]))
    def withdraw(self, request: HttpRequest, issue: Issue) -> HttpResponse:
        """Ask once, then withdraw a published issue."""
        if request.method == "POST":
            return self._act(request, issue, "Withdrawn.", lambda by: publishing.withdraw(issue=issue, by=by))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Withdraw {issue}?",
            "opts": self.opts,
            "issue": issue,
        }
        return TemplateResponse(request, "admin/newsletters/issue/withdraw.html", context)

    def _act(self, request: HttpRequest, issue: Issue, done: str, act: Callable[[User], object]) -> HttpResponse:
        """Carry out an action on an issue, and go back to the previews."""
        self.perform(request, issue, act, done=done)
        return redirect("admin:newsletters_issue_faces", issue.pk)

    def view_on_site(self, issue: Issue) -> str | None:
        """Return the address of the page; a draft has none yet."""
        return issue.get_absolute_url() if issue.is_published else None


def _in_frame(html: str) -> HttpResponse:
    return HttpResponse(html.replace(*OPEN_TABS, 1))


def _message(issue: Issue, mail: Mail, *, to: str, plain_subject: bool) -> EmailMultiAlternatives:
    """Return the mail as a subscriber gets it, but with personal links that lead to nobody's subscription."""
    return issue_message(issue, mail, to=to, token=SUBSCRIBER_PLACEHOLDER, plain_subject=plain_subject)
