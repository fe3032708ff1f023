"""The forms of an issue, of its sections, and of its time to go out, in the admin."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import OrderBy
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator

from events.models import Event, EventDate
from forums.models import Consultation
from mscos.stale import WORDS_KEPT
from newsletters.drafts import STEP
from newsletters.editing import frozen_because
from newsletters.models import Issue, Section
from outcomes.models import Outcome, Quotation, Reference, Resource

HIGHEST_POSITION = 32_000
HIGHEST_NUMBER = 9_999
TAKEN_SLUGS = {"feed", "preview"}  # other pages stand at /newsletter/feed/ and under /newsletter/preview/

# Where what the model says of its fields does not hold for a kind.
OWN_WORDS = {"heading": "", "body": "", "link_url": "https://… or, on this site, /outcomes/housing/."}
HELP: dict[str, dict[str, str]] = {
    Section.Kind.TEXT: OWN_WORDS,
    Section.Kind.NOTICE: OWN_WORDS,
    Section.Kind.QUOTATION: {
        "heading": "A quotation needs none.",
        "body": "What you want to say before it. Leave them empty to let it stand by itself.",
        "link_url": OWN_WORDS["link_url"],
    },
}
COLUMNS: dict[str, Any] = {field.name: field for field in Section._meta.concrete_fields}


class PartForm(forms.ModelForm):
    """A form of an issue, or of something that is frozen with its issue."""

    def clean(self) -> dict[str, Any]:
        """Refuse a change while the issue is frozen."""
        frozen = frozen_because(issue=self.issue)
        if frozen:
            raise ValidationError(f"{frozen}. {WORDS_KEPT}")
        return super().clean() or self.cleaned_data

    @property
    def issue(self) -> Issue:
        """The issue that the row belongs to."""
        raise NotImplementedError


class IssueForm(PartForm):
    """An issue's own fields."""

    class Meta:
        model = Issue
        fields = ("number", "slug", "title", "subject", "plain_subject", "preheader", "credits")
        error_messages: ClassVar[dict[str, Any]] = {
            "number": {"unique": "Another issue has this number"},
            "slug": {"unique": "Another issue has this address"},
        }

    @property
    def issue(self) -> Issue:
        """The issue itself."""
        return self.instance

    def clean_number(self) -> int:
        """Refuse a number after which there would be no next one."""
        number: int = self.cleaned_data["number"]
        if not 0 < number <= HIGHEST_NUMBER:
            raise ValidationError(f"Give a number from 1 to {HIGHEST_NUMBER:,}")
        return number

    def clean_slug(self) -> str:
        """Refuse the address of another page."""
        slug: str = self.cleaned_data["slug"]
        if slug in TAKEN_SLUGS:
            raise ValidationError("Another page has this address. Choose another word, such as week-5")
        return slug


class TargetField(forms.ModelChoiceField):
    """A choice of what a section shows: what can be used, and what was chosen, even where it cannot be used any more."""

    def label_from_instance(self, obj: Any) -> str:
        """Return an object's label, and why it cannot be used, if so."""
        return f"{name_of(obj)}{doubt_about(obj)}"


class SectionForm(PartForm):
    """One section. `blank` is the new section of a form to add one: its issue and kind are not asked for."""

    blank: Section
    target = TargetField(Outcome.objects.none(), required=False, empty_label="Choose …")
    position = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=HIGHEST_POSITION,
        show_hidden_initial=True,
        help_text="Empty: at the end. To put it between the sections 10 and 20, write 15.",
    )

    class Meta:
        model = Section
        fields = ("heading", "body", "content_note", "link_words", "link_url", "position")

    def __init__(self, data: Any = None, files: Any = None, *, instance: Section | None = None, **kwargs: Any) -> None:
        section = instance or self.blank
        super().__init__(data, files, instance=section, **kwargs)
        if section.pk is None:
            self.initial["position"] = None
        target: Any = self.fields["target"]
        if section.target_field:
            target.label = COLUMNS[section.target_field].verbose_name.capitalize()
            target.queryset = choices_for(section)
            self.initial["target"] = getattr(section, f"{section.target_field}_id")
        else:
            del self.fields["target"]
        for name, words in HELP.get(section.kind, {}).items():
            self.fields[name].help_text = words

    @property
    def issue(self) -> Issue:
        """The issue that the section is part of."""
        return self.instance.issue

    def _get_validation_exclusions(self) -> set[str]:
        """Validate the kind too, which is no field here: what the link needs depends on it."""
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # Django's own
        return exclusions - {"kind"}

    def clean_position(self) -> int:
        """Return the position; where it was not changed, the stored one: others may have moved the section meanwhile."""
        if self.instance.pk and "position" not in self.changed_data:
            return self.instance.position
        position: int | None = self.cleaned_data["position"]
        if position is None:
            last: int | None = self.issue.sections.aggregate(last=Max("position"))["last"]
            return (last or 0) + STEP
        return position

    def clean_target(self) -> models.Model | None:
        """Set the chosen object as the section's target."""
        target: models.Model | None = self.cleaned_data["target"]
        setattr(self.instance, self.instance.target_field, target)
        return target


def choices_for(section: Section) -> QuerySet[Any]:
    """Return what a section can show, and what it shows now."""
    usable, order = USABLE[section.target_field]
    chosen = Q(pk=getattr(section, f"{section.target_field}_id"))
    found: QuerySet[Any] = (
        COLUMNS[section.target_field]
        .related_model._default_manager.filter(Q(pk__in=usable().values("pk")) | chosen)
        .order_by(*(each() if callable(each) else each for each in order))
    )
    return found.select_related("outcome") if section.target_field == "reference" else found


def _not_over() -> QuerySet[Consultation]:
    """Return the consultations that take views, or will: an issue is written before its week."""
    return Consultation.objects.filter(Q(closes=None) | Q(closes__gte=timezone.localdate()))


def _next_date() -> OrderBy:
    """Order events by their next date; one that is over, and chosen all the same, comes last."""
    coming = EventDate.objects.filter(event=OuterRef("pk"), ends__gt=timezone.now()).order_by("starts")
    return Subquery(coming.values("starts")[:1]).asc(nulls_last=True)


# What can be chosen, and in which order; a part of the order that depends on the moment is made when it is asked for.
USABLE: dict[str, tuple[Callable[[], QuerySet[Any]], tuple[str | Callable[[], OrderBy], ...]]] = {
    "outcome": (Outcome.objects.all, ("position",)),
    "resource": (Resource.objects.listed, ("title", "pk")),
    "reference": (Reference.objects.all, ("outcome__position", "position", "pk")),
    "quotation": (Quotation.objects.for_newsletter, ("-pk",)),
    "consultation": (_not_over, ("-opens", "pk")),
    "event": (Event.objects.going_ahead, (_next_date, "pk")),
}


def name_of(target: Any) -> str:
    """Return the name by which editors know what a section shows."""
    if isinstance(target, Quotation):
        return f"{Truncator(target.text).chars(60)} ({target.credit})" if target.text else str(target)
    if isinstance(target, Reference):
        return ", ".join(filter(None, (target.document, target.place)))
    if isinstance(target, Event):
        return f"{target.title}, {date_format(target.day, 'j F Y')}"
    return str(target)


def doubt_about(target: Any) -> str:
    """Return why a target cannot be used, or not yet, to stand behind its name; '' where it can."""
    if isinstance(target, Resource) and not target.is_listed:
        return f" – cannot be used: {target.get_state_display().lower()}"
    if isinstance(target, Quotation) and not target.is_for_newsletter:
        return " – cannot be used: no consent for the newsletter today"
    if isinstance(target, Consultation) and not target.is_published:
        return f" – opens {date_format(target.opens, 'j F Y')}"
    if isinstance(target, Consultation) and not target.is_open:
        return " – closed"
    return _doubt_about_event(target) if isinstance(target, Event) else ""


def _doubt_about_event(event: Event) -> str:
    if event.is_cancelled or not event.is_listed:
        return f" – cannot be used: {event.get_state_display().lower()}"
    if event.has_ended:
        return " – cannot be used: it is over"
    return " – time uncertain" if event.uncertain else ""


class LondonTimeField(forms.DateTimeField):
    """A day and a time in London."""

    def to_python(self, value: Any) -> Any:
        """Refuse an hour that the clocks leave out or repeat."""
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code == "ambiguous_timezone":
                raise ValidationError("The clocks change in that hour. Choose another time") from error
            raise


class ScheduleForm(forms.Form):
    """When an issue goes out."""

    at = LondonTimeField(
        label="Goes out at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="London time.",
        error_messages={"required": "Give a day and a time", "invalid": "Give a day and a time, like 20/03/2023 09:00"},
    )

    def clean_at(self) -> Any:
        """Refuse a time that is past."""
        if self.cleaned_data["at"] <= timezone.now():
            raise ValidationError("That time is past. Choose one to come, or publish now")
        return self.cleaned_data["at"]

    def add_error(self, field: str | None, error: Any) -> None:
        """Set the focus on the field, which stands far down its page."""
        super().add_error(field, error)
        self.fields["at"].widget.attrs["autofocus"] = True
