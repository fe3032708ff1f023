"""The admin of subscribers, of suppressed addresses, and of enquiries.

The admin's own log outlives everybody's data: it names a kind and a number, never an address and never a word.
"""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.text import Truncator
from django.views.decorators.debug import sensitive_post_parameters

from mscos.codes import address_digest
from mscos.email_addresses import mail_address
from mscos.groups import EDITORS
from mscos.models import User
from mscos.personal_data_admin import InboxAdmin, PersonalDataAdmin
from mscos.requests import AuthenticatedHttpRequest
from newsletters.models import Enquiry, Subscriber, SuppressedAddress
from newsletters.subscribers.enquiries import enquiry_version, settle
from newsletters.subscribers.import_forms import ImportForm
from newsletters.subscribers.importing import Outcome, Report, import_subscribers
from newsletters.subscribers.subscriptions import unsubscribe_all

ISSUES_SHOWN = 10  # on the page of a subscriber
BEGINNING = 80  # characters of an enquiry, in the inbox


@admin.register(Subscriber)
class SubscriberAdmin(PersonalDataAdmin):
    """The admin of subscribers: to look up, import and remove them.

    Nobody edits here: people change what is theirs by a link in their mail, and a mistake of ours is mended by deleting.
    There is no way to take the whole list out: a copy leaks, and forgets nobody who unsubscribes.
    """

    list_display = (
        "email",
        "name",
        "organisation",
        "state",
        "subject_style",
        "consent_on",
        "consent_source",
    )
    list_filter = ("state", "consent_source", "subject_style")
    filters = frozenset({"state__exact", "consent_source__exact", "subject_style__exact"})
    search_fields = ("email", "name", "organisation")
    search_help_text = "An address, a name or an organisation"
    fields = (
        "email",
        "name",
        "organisation",
        "state",
        "subject_style",
        "signed_up_on",
        "consent_on",
        "consent_wording",
        "consent_source",
        "issues_sent",
    )
    readonly_fields = ("issues_sent",)
    actions = ("never_again",)
    change_list_template = "admin/newsletters/subscriber/list.html"
    delete_confirmation_template = delete_selected_confirmation_template = "admin/newsletters/subscriber/erase.html"

    def has_change_permission(self, request: HttpRequest, obj: Subscriber | None = None) -> bool:
        """Return False, for administrators too."""
        return False

    @admin.display(description="issues sent")
    def issues_sent(self, subscriber: Subscriber) -> str:
        """Return what became of the newest issues for this reader, one on a line."""
        rows = subscriber.deliveries.select_related("mailing__issue").order_by("-pk")[:ISSUES_SHOWN]
        return "\n".join(
            " ".join(filter(None, [f"{row.mailing.issue}: {row.get_state_display()}", row.code])) for row in rows
        )

    def may_import(self, request: HttpRequest) -> bool:
        """Return whether the signed-in person may import lists."""
        return request.user.has_perm("newsletters.add_subscriber")

    def get_urls(self) -> list[URLPattern]:
        """Add the import."""
        page = self.admin_site.admin_view(self.import_list)
        return [path("import/", page, name="newsletters_subscriber_import"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list under its counts by state."""
        counted = dict(Subscriber.objects.order_by().values_list("state").annotate(Count("pk")))
        context = {
            "title": "Subscribers",
            "counts": [(state.label, counted.get(state, 0)) for state in Subscriber.State],
            "may_import": self.may_import(request),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @admin.action(description="Delete and never write to them again", permissions=["delete"])
    def never_again(self, request: HttpRequest, chosen: QuerySet[Subscriber]) -> HttpResponse | None:
        """Ask once, then delete subscribers and suppress their addresses."""
        if "post" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": "Delete and never write to them again?",
                "opts": self.opts,
                "queryset": chosen,
                "action_checkbox_name": ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "admin/newsletters/subscriber/never_again.html", context)
        people = list(chosen)
        unsubscribe_all(subscribers=people, never_again=True)
        self.log_deletions(request, people)  # type: ignore[arg-type]  # rows that are gone
        self.message_user(request, "Deleted. Nobody will write to them again.", messages.SUCCESS)
        return None

    @method_decorator(sensitive_post_parameters())
    def import_list(self, request: AuthenticatedHttpRequest) -> HttpResponse:
        """Import a list, and show the result of each row; rows that were not taken stand in the form again."""
        if not self.may_import(request):
            raise PermissionDenied
        form, report = self._import_form(request), None
        if form.is_bound and form.is_valid():
            told = {name: form.cleaned_data[name] for name in ("wording", "agreed_on")}
            report = import_subscribers(rows=form.sheet.rows, by=request.user, **told)
            self.message_user(request, f"{report.summary}.", messages.SUCCESS)
            left_out = form.sheet.left_out
            form = ImportForm(initial={**told, "pasted": _to_mend(report, form.sheet.headings)})
        context = {
            **self.admin_site.each_context(request),
            "title": "What became of the list" if report else "Import a list",
            "opts": self.opts,
            "form": form,
            "report": report,
            "left_out": left_out if report else [],
        }
        return TemplateResponse(request, "admin/newsletters/subscriber/import.html", context)

    def _import_form(self, request: HttpRequest) -> ImportForm:
        if request.method != "POST":
            return ImportForm()
        sent = int(request.headers.get("content-length") or 0)
        too_large = not request.FILES and sent > settings.FILE_UPLOAD_MAX_MEMORY_SIZE
        return ImportForm(request.POST, request.FILES, too_large=too_large)


def _to_mend(report: Report, headings: str) -> str:
    """Return the rows that were not taken, under their headings; '' where there are none."""
    rows = [line.row.text for line in report.of(Outcome.RETURNED)]
    return "\n".join([headings, *rows]) if rows else ""


@admin.register(SuppressedAddress)
class SuppressedAddressAdmin(PersonalDataAdmin):
    """The admin of suppressed addresses: days only, nothing readable. Deleting a row lifts the block."""

    list_display = ("asked_on",)
    fields = ("asked_on",)
    ordering = ("-asked_on", "-pk")
    search_fields = ("digest",)
    search_help_text = "A whole email address. The list can be asked about one; it cannot be read"
    change_list_template = "admin/newsletters/suppressedaddress/list.html"
    delete_confirmation_template = delete_selected_confirmation_template = (
        "admin/newsletters/suppressedaddress/erase.html"
    )

    def has_change_permission(self, request: HttpRequest, obj: SuppressedAddress | None = None) -> bool:
        """Return False, for administrators too."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SuppressedAddress], search_term: str
    ) -> tuple[QuerySet[SuppressedAddress], bool]:
        """Find the row of a typed address, by its digest."""
        if not search_term:
            return queryset, False
        try:
            return queryset.filter(digest=address_digest(mail_address(search_term))), False
        except ValueError as error:
            self.message_user(request, str(error), messages.WARNING)
            return queryset.none(), False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Name the deletion after its effect."""
        actions: dict[str, Any] = super().get_actions(request)
        return {name: (act, name, "Lift the block") for name, (act, _, _) in actions.items()}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list under its plain name."""
        return super().changelist_view(request, {"title": "Addresses never to write to", **(extra_context or {})})


class AnswerForm(forms.Form):
    """The form of an enquiry: how far the answer is, and who gives it."""

    state = forms.ChoiceField(choices=Enquiry.State)
    answered_by = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Who answers", empty_label="Nobody yet"
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, enquiry: Enquiry) -> None:
        """Offer the editors, and whoever answers already."""
        now = {"state": enquiry.state, "answered_by": enquiry.answered_by_id, "version": enquiry_version(enquiry)}
        super().__init__(data, initial=now)
        editors = Q(is_active=True, is_staff=True, groups__name=EDITORS)
        people = User.objects.filter(editors | Q(pk=enquiry.answered_by_id)).distinct().order_by("display_name")
        cast("forms.ModelChoiceField[User]", self.fields["answered_by"]).queryset = people

    def clean(self) -> dict[str, Any] | None:
        """Require a name for what is in hand."""
        cleaned = super().clean() or {}
        if cleaned.get("state") == Enquiry.State.IN_HAND and cleaned.get("answered_by", "") is None:
            self.add_error("answered_by", "Choose who answers")
        return cleaned


@admin.register(Enquiry)
class EnquiryAdmin(InboxAdmin):
    """The inbox of enquiries, oldest first, and the page of one, which sets who answers and how far that is."""

    list_display = ("beginning", "name", "state", "who_answers", "received_on", "day_of_erasure")
    list_select_related = ("answered_by",)
    search_fields = ("name", "email", "organisation")
    search_help_text = "A name, an address or an organisation"
    change_list_template = "admin/newsletters/enquiry/list.html"

    @admin.display(description="message")
    def beginning(self, enquiry: Enquiry) -> str:
        """Return the first words."""
        return Truncator(" ".join(enquiry.message.split())).chars(BEGINNING)

    @admin.display(description="who answers", ordering="answered_by__display_name", empty_value="nobody yet")
    def who_answers(self, enquiry: Enquiry) -> User | None:
        """Return who answers."""
        return enquiry.answered_by

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show one enquiry, and store who answers it and how far that is."""
        enquiry = self.get_object(request, object_id)
        if not self.has_change_permission(request, enquiry):
            raise PermissionDenied
        if enquiry is None:
            raise Http404
        form = AnswerForm(request.POST if request.method == "POST" else None, enquiry=enquiry)
        if "take" in request.POST:
            version = request.POST.get("version", "")
            taken = {"state": Enquiry.State.IN_HAND, "answered_by": request.user, "version": version}
            return self._settle(request, enquiry, taken)
        if form.is_valid():
            return self._settle(request, enquiry, form.cleaned_data)
        context = {
            **self.admin_site.each_context(request),
            "title": "An enquiry",
            "opts": self.opts,
            "enquiry": enquiry,
            "form": form,
            "may_take": enquiry.state != Enquiry.State.DONE and enquiry.answered_by is None,
            "may_delete": self.has_delete_permission(request, enquiry),
        }
        return TemplateResponse(request, "admin/newsletters/enquiry/enquiry.html", context)

    def _settle(self, request: HttpRequest, enquiry: Enquiry, fields: dict[str, Any]) -> HttpResponse:
        log = Enquiry.State(fields["state"]).label
        is_saved = self.perform(request, enquiry, lambda _: settle(enquiry=enquiry, **fields), done="Saved.", log=log)
        if is_saved and fields["state"] == Enquiry.State.DONE:
            return redirect("admin:newsletters_enquiry_changelist")
        return redirect("admin:newsletters_enquiry_change", enquiry.pk)
