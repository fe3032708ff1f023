"""Threads and their posts.

Nothing here points to a writer: a voice is a keyed digest of a code and a made-up name, a post has a day and an
order, and there is no column for an account beside a voice (a constraint), an address, a browser or a time of day.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from taggit.managers import TaggableManager
from taggit.models import Tag, TaggedItemBase

from mscos.codes import public_code
from mscos.fields import RenderedMarkdownField
from mscos.sensitive_words import sensitive_words_in

POSTS_PER_PAGE = 30


class ThreadQuerySet(models.QuerySet["Thread"]):
    """Reads of threads."""

    def visible(self) -> "ThreadQuerySet":
        """Return the threads that everybody may read, with their forums and topics."""
        return self.filter(state__in=Thread.VISIBLE).select_related("forum", "topic")

    def findable(self) -> "ThreadQuerySet":
        """Return the threads whose address leads somewhere: visible ones, and those merged, or with posts moved, to such."""
        moved = {"moved__post__number__isnull": False, "moved__post__thread__state__in": Thread.VISIBLE}
        leads_on = Exists(Thread.objects.filter(pk=OuterRef("pk"), **moved))
        there = Q(state__in=Thread.VISIBLE) | Q(merged_into__state__in=Thread.VISIBLE) | leads_on
        return self.filter(there).select_related("forum", "topic", "merged_into__forum")

    def for_rows(self) -> "ThreadQuerySet":
        """Add all that a row of a list shows: tags, and the first post with who wrote it, the one item of `opening`."""
        first = Post.objects.filter(number=1).select_related("voice", "author")
        return self.prefetch_related(Prefetch("posts", first, to_attr="opening"), "tags")

    def related_to(self, thread: "Thread", *, most: int) -> "ThreadQuerySet":
        """Return a few other visible threads that answer the same topic or share a tag, the liveliest first."""
        tagged = TaggedThread.objects.filter(tag__in=TaggedThread.objects.filter(content_object=thread).values("tag"))
        alike = Q(pk__in=tagged.values("content_object"))
        if thread.topic_id:
            alike |= Q(topic=thread.topic_id)
        keys = self.visible().filter(alike).exclude(pk=thread.pk).order_by("-last_on", "code").values("pk")[:most]
        return self.model.objects.visible().filter(pk__in=keys).order_by("-last_on", "code")


class Thread(models.Model):
    """A conversation. It waits, unseen, until its first post is published."""

    class State(models.TextChoices):
        """Whether a thread can be seen and answered."""

        WAITING = "waiting", "Waiting to be checked"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"
        GONE = "gone", "Taken down"

    VISIBLE = (State.OPEN, State.CLOSED)

    forum = models.ForeignKey("forums.Forum", models.PROTECT, related_name="threads")
    code = models.CharField(max_length=12, unique=True, default=public_code, editable=False)
    title = models.CharField(max_length=120, blank=True, help_text="Empty once the first post's words are destroyed.")
    topic = models.ForeignKey("forums.Topic", models.SET_NULL, null=True, blank=True, related_name="threads")
    pinned = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reply_count = models.PositiveIntegerField(default=0, editable=False)
    opened_on = models.DateField(null=True, editable=False)
    last_on = models.DateField(null=True, editable=False)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="merged", editable=False)
    tags = TaggableManager(through="forums.TaggedThread", blank=True, help_text="Words, with commas between them.")

    objects = ThreadQuerySet.as_manager()

    class Meta:
        # Within a day by the random code: the order of the rows is that of writing.
        ordering = ["-pinned", "-last_on", "code"]
        # In each order of a list, with all that the list is narrowed by: no row is read but those that are shown.
        indexes = [
            models.Index(
                fields=["forum", "-pinned", "-last_on", "code", "state", "topic", "reply_count", "id"],
                name="thread_list",
            ),
            models.Index(
                fields=["forum", "-pinned", "-opened_on", "code", "state", "topic", "reply_count", "id"],
                name="thread_list_by_opening",
            ),
            models.Index(fields=["-last_on", "code", "state", "topic", "id"], name="thread_latest"),
            models.Index(fields=["state", "-pinned", "-last_on", "code", "id"], name="thread_in_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(state="gone") | Q(title=""), name="thread_gone_has_no_title"),
            models.CheckConstraint(condition=Q(merged_into=None) | Q(state="gone"), name="thread_merged_is_gone"),
        ]

    def __str__(self) -> str:
        return f"thread {self.code}"

    def get_absolute_url(self) -> str:
        """Return the thread's first page."""
        return reverse("forums:thread_detail", args=[self.forum.slug, self.code])

    def get_reply_url(self) -> str:
        """Return where to write a reply, or a new thread where this one cannot be answered."""
        if self.state == self.State.OPEN:
            return reverse("forums:reply_create", args=[self.forum.slug, self.code])
        return reverse("forums:thread_create", args=[self.forum.slug])

    def highest_number(self) -> int:
        """Return the highest number given so far, 0 for none. Those of posts that were moved away count: none is given anew."""
        highest: Any = [rows.aggregate(highest=Max("number"))["highest"] for rows in (self.posts, self.moved)]
        return max(number or 0 for number in highest)

    def numbered_post(self, number: int) -> "Post | None":
        """Return the post that a number of this thread means, wherever it is now; None where its words are not shown."""
        moved = self.moved.filter(number=number).first()
        posts = Post.objects.filter(pk=moved.post_id) if moved else self.posts.filter(number=number)
        return posts.shown().select_related("voice", "author", "thread__forum").first()

    @property
    def is_visible(self) -> bool:
        """Whether everybody may read it."""
        return self.state in self.VISIBLE

    @property
    def shown_tags(self) -> list[Tag]:
        """Its tags, but for those that were renamed to a word that no address may hold."""
        return [tag for tag in self.tags.all() if not sensitive_words_in(tag.slug)]

    @property
    def shown_title(self) -> str:
        """The title, or what stands in its place."""
        return self.title or "A thread whose title was taken down"

    @property
    def closed_because(self) -> str:
        """Why no reply is taken, as a sentence; empty where replies are taken."""
        if self.state == self.State.CLOSED:
            return "This thread is closed. Start a new one."
        if self.state == self.State.GONE:
            return "This thread was taken down. Start a new one."
        return self.forum.closed_because

    @property
    def answers_closed_consultation(self) -> bool:
        """Whether it stands under a consultation that takes no views today."""
        return self.topic is not None and not self.topic.consultation.is_open

    @property
    def no_reply_because(self) -> str:
        """As `closed_because`; and why none is taken in a thread that was published and is not shown now."""
        if self.state == self.State.WAITING:
            return "This thread is being looked at again. Keep your text, and send it later."
        return self.closed_because


class TaggedThread(TaggedItemBase):
    """A tag on a thread: a table of its own, as for resources."""

    content_object = models.ForeignKey(Thread, models.CASCADE, related_name="+")


class PostQuerySet(models.QuerySet["Post"]):
    """Reads of posts."""

    def in_order(self) -> "PostQuerySet":
        """Return the posts of a page as readers see them: by number, gone ones as gaps, with who wrote each."""
        shown = self.exclude(number=None).select_related("voice", "author", "in_reply_to__thread__forum")
        return shown.order_by("number")

    def shown(self) -> "PostQuerySet":
        """Return the posts whose words everybody may read."""
        return self.filter(state__in=Post.SHOWN)

    def waiting(self) -> "PostQuerySet":
        """Return the posts that a moderator has still to read, oldest first."""
        return self.filter(state=Post.State.WAITING).order_by("day", "pk")

    def for_writer(self) -> "PostQuerySet":
        """Return a writer's posts as their own pages show them: in the order of writing, with their notes.

        Add `replies_since`, and `writer_spoke_last`, None where nothing was said about it.
        """
        later = Post.objects.shown().filter(thread=OuterRef("thread"), number__gt=OuterRef("number"))
        count = later.order_by().values("thread").annotate(count=Count("pk")).values("count")
        return (
            self.select_related("thread__forum", "voice")
            .prefetch_related("notes")
            .annotate(replies_since=Coalesce(Subquery(count), 0), writer_spoke_last=self._last_word())
            .order_by("pk")
        )

    def for_moderators(self) -> "PostQuerySet":
        """Return the posts with all that the moderators' queue shows.

        Add `is_reported`, a report that is open, `is_answered`, words of its writer that no moderator has read, and
        `writer_spoke_last`, None where nothing was said about it.
        """
        return self.annotate(
            is_reported=Exists(self._about("reports").open()),
            is_answered=Exists(self._about("notes").open()),
            writer_spoke_last=self._last_word(),
        ).select_related(
            "assigned_to",
            "thread__forum",
            "thread__topic",
            "voice",
            "author",
            "in_reply_to__voice",
            "in_reply_to__author",
            "decided_by",
        )

    def reported(self) -> "PostQuerySet":
        """Return the posts that readers reported and that no moderator has looked at since."""
        return self.filter(Exists(self._about("reports").open()))

    def _last_word(self) -> Subquery:
        return Subquery(self._about("notes").order_by("-pk").values("by_writer")[:1])

    def _about(self, name: str) -> Any:
        """Return the rows of a relation that are about the outer post."""
        rows: Any = self.model._meta.get_field(name).related_model
        return rows._default_manager.filter(post=OuterRef("pk"))


class Post(models.Model):
    """What somebody wrote in a thread. It waits for a moderator.

    `number` is given when the post is published, so that numbers tell the order of release and not of writing.
    `replaces` is the refused post of which it is a new version.
    `day` is the day on which it was sent, from a decision on the day on which it was published or refused.
    """

    class State(models.TextChoices):
        """Where a post is on its way. The labels are those that readers and writers see."""

        WAITING = "waiting", "Waiting to be checked"
        PUBLISHED = "published", "Published"
        CHANGED = "changed", "Published with a change"
        REFUSED = "refused", "Not published"
        WITHDRAWN = "withdrawn", "Taken down by the writer"
        REMOVED = "removed", "Taken down by a moderator"

    SHOWN = (State.PUBLISHED, State.CHANGED)
    GONE = (State.WITHDRAWN, State.REMOVED)

    LIKELY_SPAM = "spam"  # in the queue, beside the states: what waits apart

    class Reason(models.TextChoices):
        """Why a post was not published or was taken down; each ends the sentence 'because it …'."""

        PERSON = "person", "names a person"
        PLACE = "place", "names a place"
        DETAILS = "details", "has details that could point to someone"
        UNKIND = "unkind", "is unkind to a person or a group"
        OFF_TOPIC = "off_topic", "is not about this forum's subject"
        SPAM = "spam", "advertises something"
        OTHER = "other", "does not fit the house rules"

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="posts")
    number = models.PositiveIntegerField(null=True, editable=False)
    voice = models.ForeignKey("forums.Voice", models.CASCADE, null=True, related_name="posts", editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="posts", editable=False, db_index=False
    )  # `post_own` is its index
    in_reply_to = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replies", editable=False)
    replaces = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replaced_by", editable=False)
    body = models.TextField(blank=True)
    body_html = RenderedMarkdownField(source=None)
    content_note = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    day = models.DateField(default=timezone.localdate, editable=False)
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    form_digest = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001  unique where given
    likely_spam = models.BooleanField("may be advertising or a repeat", default=False, editable=False)
    may_identify = models.BooleanField("may point to someone", default=False, editable=False)
    urgent = models.BooleanField("someone may be in danger", default=False, editable=False)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    decided_on = models.DateField(null=True, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        indexes = [
            models.Index(fields=["state", "likely_spam", "-urgent", "day", "id"], name="post_queue"),
            models.Index(fields=["author", "id"], name="post_own"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="post_number_once_in_a_thread"),
            models.CheckConstraint(
                condition=Q(voice=None, author__isnull=False)
                | Q(voice__isnull=False, author=None)
                | Q(voice=None, author=None, state__in=["withdrawn", "removed"]),
                name="post_has_a_voice_or_an_author_never_both",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["published", "changed", "removed"], number__isnull=False)
                | Q(state__in=["waiting", "refused"], number=None)
                | Q(state="withdrawn"),
                name="post_has_a_number_once_published",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["withdrawn", "removed"]) | Q(body="", body_html="", content_note=""),
                name="post_taken_down_keeps_no_words",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "changed"]) | ~Q(body="") & ~Q(body_html=""),
                name="post_shown_has_words",
            ),
            models.CheckConstraint(
                condition=Q(likely_spam=False) | Q(state="waiting"), name="post_likely_spam_only_while_it_waits"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "removed"]) | ~Q(reason=""),
                name="post_refused_or_removed_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        # Not by its key: readers see this, and keys tell the order of writing on the whole site.
        return f"post {f'#{self.number}' if self.number else 'without a number'} in thread {self.thread.code}"

    def get_absolute_url(self) -> str:
        """Return the address of a numbered post in its thread, on the page that it is on."""
        page = (self.number - 1) // POSTS_PER_PAGE + 1 if self.number else 1
        query = f"?page={page}" if page > 1 else ""
        anchor = f"#post-{self.number}" if self.number else ""
        return f"{self.thread.get_absolute_url()}{query}{anchor}"

    @property
    def writer(self) -> str:
        """Who wrote it, as readers are told: a made-up name, or a member's own."""
        if self.author is None:
            return self.voice.name if self.voice else ""
        return f"{self.author.display_name} (MSCOS team)" if self.author.is_staff else self.author.display_name

    @property
    def is_shown(self) -> bool:
        """Whether everybody may read its words."""
        return self.state in self.SHOWN

    @property
    def is_gone(self) -> bool:
        """Whether its words are destroyed and a notice stands in their place."""
        return self.state in self.GONE

    @property
    def awaits_new_version(self) -> bool:
        """Whether it was refused and its writer can still send other words in its place."""
        return self.state == self.State.REFUSED and bool(self.body)

    @property
    def starts_thread(self) -> bool:
        """Whether it is, or waits to be, the first post of its thread."""
        return self.number == 1 or self.thread.state == Thread.State.WAITING
