"""The admin page on which editors import a calendar file."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from events.ics_import.actions import import_events
from events.ics_import.forms import ImportForm
from events.times import CHOICES
from mscos.portal_admin import PortalAdmin
from mscos.requests import AuthenticatedHttpRequest


class ImportMixin(PortalAdmin):
    """The part of the events' admin that imports calendar files."""

    def get_urls(self) -> list[URLPattern]:
        """Add the page."""
        page = self.admin_site.admin_view(self.import_events)
        return [path("import/", page, name="events_event_import"), *super().get_urls()]

    def import_events(self, request: AuthenticatedHttpRequest) -> HttpResponse:
        """Import a file, and show the result of each entry."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form, report = _form(request), None
        if form.is_bound and form.is_valid():
            chosen = {name: form.cleaned_data[name] for name in ("organiser", "zone")}
            report = import_events(entries=form.entries, by=request.user, **chosen)
            self.message_user(request, f"{report.summary}.", messages.SUCCESS)
            form = ImportForm(initial=chosen)
        context = {
            **self.admin_site.each_context(request),
            "title": "What became of the file" if report else "Import a calendar file",
            "opts": self.opts,
            "form": form,
            "report": report,
            "zones": CHOICES,
        }
        return TemplateResponse(request, "admin/events/event/import.html", context)


def _form(request: HttpRequest) -> ImportForm:
    if request.method != "POST":
        return ImportForm()
    sent = int(request.headers.get("content-length") or 0)
    too_large = not request.FILES and sent > settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    return ImportForm(request.POST, request.FILES, too_large=too_large)
