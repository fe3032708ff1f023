"""Forums, and the consultations that are answered in them."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, Max, Prefetch, Q, Sum, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from forums.models import threads
from mscos.codes import public_code
from mscos.fields import RenderedMarkdownField
from mscos.sensitive_words import sensitive_words_in
from outcomes.models import Outcome


class ForumQuerySet(models.QuerySet["Forum"]):
    """Queries of forums."""

    def with_activity(self) -> "ForumQuerySet":
        """Add `thread_count` and `last_on` (a date or None), of visible threads only."""
        visible = Q(threads__state__in=threads.Thread.VISIBLE)
        return self.annotate(
            thread_count=Count("threads", filter=visible),
            last_on=Max("threads__last_on", filter=visible),
        ).order_by("position", "title")  # Django leaves Meta.ordering out of queries that count


class Forum(models.Model):
    """A forum, of an outcome or on its own."""

    class State(models.TextChoices):
        """Whether it takes new posts."""

        OPEN = "open", "Open"
        PAUSED = "paused", "Paused"
        CLOSED = "closed", "Closed"

    outcome = models.OneToOneField(Outcome, models.PROTECT, null=True, blank=True, related_name="forum")
    slug = models.SlugField(unique=True, help_text="The word in its address. For an outcome, the outcome's short name.")
    title = models.CharField(max_length=80, help_text="For example: Housing forum.")
    purpose = models.CharField(max_length=200, help_text="One sentence, shown under the title.")
    rules = models.TextField(blank=True, help_text="House rules of this forum, beyond those of the whole site.")
    rules_html = RenderedMarkdownField(source="rules")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    paused_until = models.DateField(null=True, blank=True, help_text="The day on which new posts are taken again.")
    pause_message = models.CharField(
        max_length=200,
        blank=True,
        help_text="A sentence for readers while it is paused, such as: The team is away. Leave it empty for none.",
    )
    question = models.CharField(
        "question during a flood",
        max_length=200,
        blank=True,
        help_text="While this is set, whoever writes here is asked it. For example: Which day comes after Monday?",
    )
    answers = models.CharField(
        max_length=200, blank=True, help_text="All answers that are right, with commas between them: tuesday, tue."
    )
    position = models.PositiveSmallIntegerField(default=0)

    objects = ForumQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(paused_until=None) | Q(state="paused"),
                name="forum_has_a_day_of_return_only_while_paused",
                violation_error_message="Give a day only for a paused forum.",
            ),
            models.CheckConstraint(
                condition=Q(pause_message="") | Q(state="paused"),
                name="forum_has_a_message_only_while_paused",
                violation_error_message="Give a message only for a paused forum.",
            ),
            models.CheckConstraint(
                condition=Q(question="", answers="") | ~Q(question="") & ~Q(answers=""),
                name="forum_has_a_question_and_its_answers_or_neither",
                violation_error_message="Give a question and its answers, or neither.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the forum's own page."""
        return reverse("forums:forum_detail", args=[self.slug])

    def clean(self) -> None:
        """Raise ValidationError for sensitive words in title or address, which tabs and lists show.

        Also for answers to the question that nobody could give.
        """
        refuse_sensitive_words(title=self.title, slug=self.slug)
        if self.answers and not any(map(_normalised, self.answers.split(","))):
            raise ValidationError({"answers": "Give one answer at least, in letters or digits."})

    def is_answer(self, typed: str) -> bool:
        """Return whether `typed` answers this forum's question, whatever its case, outer spaces and full stop."""
        return _normalised(typed) in set(map(_normalised, self.answers.split(","))) - {""}

    @property
    def closed_because(self) -> str:
        """Why it takes no new posts, as a sentence; empty where it does."""
        if self.state == self.State.CLOSED:
            return "This forum is closed. You can still read."
        if self.state == self.State.PAUSED and self.paused_until and self.paused_until <= timezone.localdate():
            return ""
        if self.state == self.State.PAUSED:
            how_long = f"until {date_format(self.paused_until, 'l j F Y')}" if self.paused_until else "for now"
            sentences = (f"New posts are paused {how_long}.", as_sentence(self.pause_message), "You can still read.")
            return " ".join(sentence for sentence in sentences if sentence)
        return ""


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Queries of consultations."""

    def published(self) -> "ConsultationQuerySet":
        """Return the consultations whose opening day has come, closed ones included."""
        return self.filter(opens__lte=timezone.localdate())

    def open(self) -> "ConsultationQuerySet":
        """Return the consultations that take views today: the closing day itself still counts."""
        return self.published().filter(Q(closes=None) | Q(closes__gte=timezone.localdate()))

    def closed(self) -> "ConsultationQuerySet":
        """Return the consultations whose closing day is over, the one that closed last first."""
        return self.published().filter(closes__lt=timezone.localdate()).order_by("-closes", "pk")

    def open_or_heard(self, *, since: date = date.min) -> "ConsultationQuerySet":
        """Return the open consultations, and those that closed on `since` or later and say what we heard."""
        return self.open() | self.published().filter(closes__gte=since).exclude(what_we_heard="")


class Consultation(models.Model):
    """A question that the team asks the community, answered in a forum."""

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="consultations")
    code = models.CharField(max_length=12, unique=True, default=public_code, editable=False)
    question = models.CharField(max_length=200)
    why = models.TextField(help_text="Why we ask, and what will be done with the answers.")
    why_html = RenderedMarkdownField(source="why")
    opens = models.DateField(default=timezone.localdate)
    closes = models.DateField(null=True, blank=True, help_text="The last day on which views are taken.")
    what_we_heard = models.TextField(blank=True, help_text="Shown after the closing day.")
    what_we_heard_html = RenderedMarkdownField(source="what_we_heard")

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["-opens", "pk"]
        verbose_name = "call for views"
        verbose_name_plural = "calls for views"
        constraints = [
            models.CheckConstraint(
                condition=Q(closes=None) | Q(closes__gte=F("opens")),
                name="consultation_closes_on_or_after_its_opening",
                violation_error_message="The closing day must not come before the opening day.",
            ),
        ]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        """Return the consultation's own page."""
        return reverse("forums:consultation_detail", args=[self.code])

    def topics_with_views(self, views_per_topic: int) -> "list[Topic]":
        """Return its topics `with_view_counts`, each with its `latest_views`, the latest few threads.

        The keys of each topic's few are found in the index of the forum's list; ranking would read all views.
        """
        topics = list(self.topics.with_view_counts())
        views, latest = threads.Thread.objects.visible(), Q()
        for topic in topics:
            latest |= Q(pk__in=views.filter(forum=self.forum_id, topic=topic).values("pk")[:views_per_topic])
        prefetch_related_objects(topics, Prefetch("threads", views.for_rows().filter(latest), to_attr="latest_views"))
        return topics

    @property
    def is_published(self) -> bool:
        """Whether its opening day has come."""
        return self.opens <= timezone.localdate()

    @property
    def is_open(self) -> bool:
        """Whether it takes views today."""
        today = timezone.localdate()
        return self.opens <= today and (self.closes is None or self.closes >= today)


class TopicQuerySet(models.QuerySet["Topic"]):
    """Queries of topics."""

    def with_view_counts(self) -> "TopicQuerySet":
        """Add `view_count`, the number of visible threads, and `reply_count`, the number of their replies."""
        visible = Q(threads__state__in=threads.Thread.VISIBLE)
        counted = self.annotate(
            view_count=Count("threads", filter=visible),
            reply_count=Sum("threads__reply_count", filter=visible, default=0),
        )
        return counted.order_by("position", "pk")  # Meta.ordering is left out here too

    def newest_per_code(self) -> "TopicQuerySet":
        """Return for each code of a forum the newest topic: within a forum, a code has one title (`Topic.clean`)."""
        newest = self.order_by().values("consultation__forum", "code").annotate(newest=Max("pk")).values("newest")
        return self.filter(pk__in=newest)


class Topic(models.Model):
    """One side of a consultation's question, such as a type of provision."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="topics")
    code = models.SlugField(
        max_length=8, help_text="One or two letters, for its address: they say nothing by themselves."
    )
    title = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(default=0)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = "prompt"  # as editors know it
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "code"], name="topic_code_once_in_a_consultation"),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Raise ValidationError for a code with a sensitive word, or that this forum uses for another topic."""
        refuse_sensitive_words(code=self.code)
        same = Topic.objects.filter(consultation__forum=self.consultation.forum_id, code=self.code)
        other = same.exclude(pk=self.pk).exclude(title__iexact=self.title).first()
        if other:
            raise ValidationError(f"This forum uses the code '{self.code}' for '{other.title}'. Choose another.")


def _normalised(answer: str) -> str:
    return " ".join(answer.split()).strip(".!?\"' ").casefold()


def as_sentence(text: str) -> str:
    """Return a text with a full stop, unless it ends with punctuation; '' for none."""
    return f"{text}." if text and text[-1].isalnum() else text


def refuse_sensitive_words(**values: str) -> None:
    """Raise ValidationError for the values, by field, that contain a word to keep out of titles and addresses."""
    found = {name: words for name, value in values.items() if (words := sensitive_words_in(value))}
    if found:
        raise ValidationError(
            {
                name: f"Titles and addresses do not say '{words[0]}'. Choose another word."
                for name, words in found.items()
            }
        )
