"""Forums, and the calls for views that are answered in them."""

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
    """Reads of forums."""

    def with_activity(self) -> "ForumQuerySet":
        """Add `thread_count` and `last_on` (a date or None), of visible threads only."""
        visible = Q(threads__state__in=threads.Thread.VISIBLE)
        return self.annotate(
            thread_count=Count("threads", filter=visible),
            last_on=Max("threads__last_on", filter=visible),
        ).order_by("position", "title")  # Django leaves Meta.ordering out of queries that count


class Forum(models.Model):
    """A place for threads, beside an outcome or on its own."""

    class State(models.TextChoices):
        """Whether new posts are taken."""

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
        """Raise ValidationError for a title or an address that tells what the forum is about: tabs and lists show both.

        And for answers that nobody could give.
        """
        refuse_sensitive_words(title=self.title, slug=self.slug)
        if self.answers and not any(map(_plain, self.answers.split(","))):
            raise ValidationError({"answers": "Give one answer at least, in letters or digits."})

    def is_answer(self, typed: str) -> bool:
        """Tell whether `typed` answers this forum's question; letters, spaces around it and a full stop do not matter."""
        return _plain(typed) in set(map(_plain, self.answers.split(","))) - {""}

    @property
    def closed_because(self) -> str:
        """Why no new post is taken, as a sentence; empty where posts are taken."""
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
    """Reads of calls for views."""

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
        """Return the consultations that take views today, and those that closed on `since` or later and say what we heard."""
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

    def topics_with_views(self, each: int) -> "list[Topic]":
        """Return its topics `with_view_counts`, with the first few views of each, as rows show them, in `latest_views`.

        The keys of each few are looked up in the index of the forum's list; ranking all views would read them all.
        """
        topics = list(self.topics.with_view_counts())
        views, latest = threads.Thread.objects.visible(), Q()
        for topic in topics:
            latest |= Q(pk__in=views.filter(forum=self.forum_id, topic=topic).values("pk")[:each])
        prefetch_related_objects(topics, Prefetch("threads", views.for_rows().filter(latest), to_attr="latest_views"))
        return topics

    @property
    def is_published(self) -> bool:
        """Whether its opening day has come."""
        return self.opens <= timezone.localdate()

    @property
    def is_open(self) -> bool:
        """Whether views are taken today."""
        today = timezone.localdate()
        return self.opens <= today and (self.closes is None or self.closes >= today)


class TopicQuerySet(models.QuerySet["Topic"]):
    """Reads of topics."""

    def with_view_counts(self) -> "TopicQuerySet":
        """Add `view_count`: how many visible threads answer each; and `reply_count`: how many replies those have."""
        visible = Q(threads__state__in=threads.Thread.VISIBLE)
        counted = self.annotate(
            view_count=Count("threads", filter=visible),
            reply_count=Sum("threads__reply_count", filter=visible, default=0),
        )
        return counted.order_by("position", "pk")  # as above

    def once(self) -> "TopicQuerySet":
        """Return one topic for each code in a forum, the newest consultation's: a code means one type there (`Topic.clean`)."""
        newest = self.order_by().values("consultation__forum", "code").annotate(newest=Max("pk")).values("newest")
        return self.filter(pk__in=newest)


class Topic(models.Model):
    """One side of a consultation's question, such as a type of housing."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="topics")
    code = models.SlugField(
        max_length=8, help_text="One or two letters, for its address: they say nothing by themselves."
    )
    title = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(default=0)

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "code"], name="topic_code_once_in_a_consultation"),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Raise ValidationError for a code that tells something, or that this forum uses for another type."""
        refuse_sensitive_words(code=self.code)
        same = Topic.objects.filter(consultation__forum=self.consultation.forum_id, code=self.code)
        other = same.exclude(pk=self.pk).exclude(title__iexact=self.title).first()
        if other:
            raise ValidationError(f"This forum uses the code '{self.code}' for '{other.title}'. Choose another.")


def _plain(answer: str) -> str:
    return " ".join(answer.split()).strip(".!?\"' ").casefold()


def as_sentence(words: str) -> str:
    """Return words with a full stop, unless they end with a mark of their own; '' for none."""
    return f"{words}." if words and words[-1].isalnum() else words


def refuse_sensitive_words(**values: str) -> None:
    """Raise ValidationError for each of a row's values, by field, that holds a word to keep out of titles and addresses."""
    telling = {name: words for name, value in values.items() if (words := sensitive_words_in(value))}
    if telling:
        raise ValidationError(
            {
                name: f"Titles and addresses do not say '{words[0]}'. Choose another word."
                for name, words in telling.items()
            }
        )
