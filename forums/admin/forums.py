"""The admin of forums, their threads, and the consultations that are answered in them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe
from taggit.models import Tag

from forums.admin.thread_moves import ThreadMovesAdmin
from forums.exports import csv_of, json_of
from forums.models import Consultation, Forum, Thread, Topic
from forums.pages import AllThreadPages
from mscos.markdown_admin import MarkdownAdminMixin
from mscos.portal_admin import PortalAdmin
from mscos.sensitive_words import sensitive_words_in

MAX_TAG_LENGTH = 40  # letters: it stands in rows
BY_MODERATORS = ("state", "paused_until", "pause_message", "question", "answers")  # what moderators change of a forum
EXPORTS = {"csv": ("text/csv; charset=utf-8", csv_of), "json": ("application/json", json_of)}


class ThreadAdminForm(forms.ModelForm):
    """The form of what moderators set of a thread."""

    class Meta:
        help_texts = {
            "tags": "Words, with commas between them, and after one of several words that stands alone. "
            "They stand in addresses."
        }

    def clean_tags(self) -> list[str]:
        """Refuse a tag that cannot stand in an address: with a sensitive word, without letters, or too long."""
        tags: list[str] = self.cleaned_data["tags"]
        for name in tags:
            known = Tag.objects.filter(name__iexact=name).first()
            slug = known.slug if known else Tag().slugify(name)
            if telling := sensitive_words_in(name) or sensitive_words_in(slug):
                raise forms.ValidationError(
                    f"A tag stands in an address: '{telling[0]}' must not. Choose another word."
                )
            if not slug or len(name) > MAX_TAG_LENGTH:
                raise forms.ValidationError(f"A tag has one letter from a to z at least, and {MAX_TAG_LENGTH} at most.")
        return tags


@admin.register(Thread)
class ThreadAdmin(ThreadMovesAdmin):
    """The admin of threads: to pin, close, tag, put under another topic, move, merge and split."""

    form = ThreadAdminForm
    list_display = ("__str__", "title_to_read", "forum", "state", "is_pinned", "reply_count", "last_on")
    list_display_links = ("__str__", "title_to_read")
    list_filter = ("state", "pinned", "forum")
    list_select_related = ("forum",)
    paginator = AllThreadPages
    show_full_result_count = False  # it would count them all once more
    show_facets = admin.ShowFacets.NEVER  # and again for each choice of each filter
    empty_value_display = ""
    search_fields = ("code",)
    search_help_text = "A thread's code. Titles are not searched: what is searched for stands in the address."
    fields = ("forum", "shown_title", "topic", "tags", "pinned", "state")
    readonly_fields = ("forum", "shown_title")
    actions = None

    @admin.display(description="Title")
    def title_to_read(self, thread: Thread) -> str:
        """Return the title as readers see it."""
        return thread.shown_title

    @admin.display(description="Pinned", ordering="pinned")
    def is_pinned(self, thread: Thread) -> str:
        """Return 'Pinned' for a pinned thread, and nothing for others."""
        return "Pinned" if thread.pinned else ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: threads are started on the site."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Thread | None = None) -> bool:
        """Return False: posts are taken down one by one, for a reason."""
        return False

    def save_model(self, request: HttpRequest, obj: Thread, form: Any, change: bool) -> None:  # noqa: FBT001  Django's own
        """Save only what was changed: a title that was taken down meanwhile stays gone."""
        fresh = Thread.objects.select_for_update().get(pk=obj.pk)
        kept = {"tags"} if fresh.state in Thread.VISIBLE else {"tags", "state"}  # tags have rows of their own
        changed = [name for name in form.changed_data if name not in kept]
        if changed:
            obj.save(update_fields=changed)

    def get_readonly_fields(self, request: HttpRequest, obj: Thread | None = None) -> tuple[str, ...]:
        """Add the state where the thread waits or is gone: its posts decide that."""
        if obj is None or obj.is_visible:
            return ("forum", "shown_title")
        return ("forum", "shown_title", "state", "merged_into")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Add where a merged thread went."""
        fields = super().get_fields(request, obj)
        return [*fields, "merged_into"] if obj and obj.merged_into_id else fields

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Offer the topics of this forum's own consultations."""
        form: Any = super().get_form(request, obj, *args, **kwargs)
        if obj and "topic" in form.base_fields:
            form.base_fields["topic"].queryset = Topic.objects.filter(consultation__forum=obj.forum_id)
        return form

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the two states that a moderator may choose."""
        if db_field.name == "state":
            kwargs["choices"] = [(state.value, state.label) for state in Thread.VISIBLE]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


@admin.register(Forum)
class ForumAdmin(MarkdownAdminMixin, PortalAdmin):
    """The admin of forums: to describe, pause and close them, and to set a question while programs flood them."""

    fields = ("outcome", "title", "slug", "purpose", "rules", *BY_MODERATORS, "position")
    list_display = ("title", "outcome", "state", "paused_until", "position")
    list_filter = ("state",)
    search_fields = ("title", "purpose")
    markdown_fields = ("rules",)

    def get_readonly_fields(self, request: HttpRequest, obj: Forum | None = None) -> tuple[str, ...]:
        """Return all fields but `BY_MODERATORS` for moderators, who do not make forums."""
        return (
            () if self.has_add_permission(request) else tuple(name for name in self.fields if name not in BY_MODERATORS)
        )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Forum | None = None) -> dict[str, Sequence[str]]:
        """Let the address follow the title where both can be typed."""
        return {"slug": ("title",)} if self.has_add_permission(request) else {}


class TopicInline(admin.TabularInline):
    """The topics of a consultation."""

    model = Topic
    extra = 1


@admin.register(Consultation)
class ConsultationAdmin(MarkdownAdminMixin, PortalAdmin):
    """The admin of consultations with their topics."""

    list_display = ("question", "forum", "opens", "closes", "is_open")
    list_filter = ("forum",)
    search_fields = ("question",)
    show_full_result_count = False  # as above
    inlines = (TopicInline,)
    markdown_fields = ("why", "what_we_heard")

    def get_urls(self) -> list[URLPattern]:
        """Add the files for the researchers."""
        export = self.admin_site.admin_view(self.export)
        return [path("<int:pk>/views.<slug:kind>", export, name="forums_consultation_export"), *super().get_urls()]

    @method_decorator(require_safe)
    def export(self, request: HttpRequest, pk: int, kind: str) -> StreamingHttpResponse:
        """Return the published views as a CSV or JSON file, and log that it was taken."""
        consultation = self.get_object(request, str(pk))
        if not self.has_change_permission(request, consultation):
            raise PermissionDenied
        if consultation is None or kind not in EXPORTS:
            raise Http404
        self.log_change(request, consultation, f"Views taken along as {kind.upper()}.")
        content_type, pieces_of = EXPORTS[kind]
        headers = {"Content-Disposition": f'attachment; filename="views-{consultation.code}.{kind}"'}
        return StreamingHttpResponse(pieces_of(consultation), content_type=content_type, headers=headers)

    @admin.display(description="Open today", boolean=True)
    def is_open(self, consultation: Consultation) -> bool:
        """Return whether views are taken today."""
        return consultation.is_open
