"""Threads and their posts.

Nothing identifies an anonymous writer: a voice is the HMAC of a code and a made-up name, a post has a day and an
order. No row has both a voice and an account (a constraint), and there is no column for an address, a browser or a time
of day.
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
    """Queries of threads."""

    def visible(self) -> "ThreadQuerySet":
        """Return the threads that everybody may read, with their forums and topics."""
        return self.filter(state__in=Thread.VISIBLE).select_related("forum", "topic")

    def findable(self) -> "ThreadQuerySet":
        """Return the threads whose address works: visible ones, and those whose posts were moved to visible ones."""
        moved = {"moved__post__number__isnull": False, "moved__post__thread__state__in": Thread.VISIBLE}
        has_moved_posts = Exists(Thread.objects.filter(pk=OuterRef("pk"), **moved))
        findable = Q(state__in=Thread.VISIBLE) | Q(merged_into__state__in=Thread.VISIBLE) | has_moved_posts
        return self.filter(findable).select_related("forum", "topic", "merged_into__forum")

    def for_rows(self) -> "ThreadQuerySet":
        """Prefetch what a row of a list shows: tags, and in the list `opening` the first post with its writer."""
        first = Post.objects.filter(number=1).select_related("voice", "author")
        return self.prefetch_related(Prefetch("posts", first, to_attr="opening"), "tags")

    def related_to(self, thread: "Thread", *, limit: int) -> "ThreadQuerySet":
        """Return other visible threads that answer the same topic or share a tag, the latest replies first."""
        tagged = TaggedThread.objects.filter(tag__in=TaggedThread.objects.filter(content_object=thread).values("tag"))
        related = Q(pk__in=tagged.values("content_object"))
        if thread.topic_id:
            related |= Q(topic=thread.topic_id)
        keys = self.visible().filter(related).exclude(pk=thread.pk).order_by("-last_on", "code").values("pk")[:limit]
        return self.model.objects.visible().filter(pk__in=keys).order_by("-last_on", "code")


class Thread(models.Model):
    """A thread of posts, invisible until its first post is published."""

    class State(models.TextChoices):
        """Whether it is visible and takes replies."""

        WAITING = "waiting", "Waiting to be checked"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"
        GONE = "gone", "Taken down"

    VISIBLE = (State.OPEN, State.CLOSED)

    forum = models.ForeignKey("forums.Forum", models.PROTECT, related_name="threads")
    code = models.CharField(max_length=12, unique=True, default=public_code, editable=False)
    title = models.CharField(max_length=120, blank=True, help_text="Empty once the first post's words are destroyed.")
    topic = models.ForeignKey(
        "forums.Topic", models.SET_NULL, verbose_name="prompt", null=True, blank=True, related_name="threads"
    )
    pinned = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reply_count = models.PositiveIntegerField(default=0, editable=False)
    opened_on = models.DateField(null=True, editable=False)
    last_on = models.DateField(null=True, editable=False)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="merged", editable=False)
    tags = TaggableManager(through="forums.TaggedThread", blank=True, help_text="Words, with commas between them.")

    objects = ThreadQuerySet.as_manager()

    class Meta:
        # Within a day by the random code: keys in order would tell the order of writing.
        ordering = ["-pinned", "-last_on", "code"]
        # One for each order of a list, with all columns of its filters: only the rows of a page are read.
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
        """Return the form of a reply, or of a new thread where this one takes no replies."""
        if self.state == self.State.OPEN:
            return reverse("forums:reply_create", args=[self.forum.slug, self.code])
        return reverse("forums:thread_create", args=[self.forum.slug])

    def highest_number(self) -> int:
        """Return the highest number given so far, or 0. Numbers of moved posts count: they are not given again."""
        highest: Any = [rows.aggregate(highest=Max("number"))["highest"] for rows in (self.posts, self.moved)]
        return max(number or 0 for number in highest)

    def numbered_post(self, number: int) -> "Post | None":
        """Return the post with a number of this thread, wherever it is now; None where its text is not shown."""
        moved = self.moved.filter(number=number).first()
        posts = Post.objects.filter(pk=moved.post_id) if moved else self.posts.filter(number=number)
        return posts.shown().select_related("voice", "author", "thread__forum").first()

    @property
    def is_visible(self) -> bool:
        """Whether everybody may read it."""
        return self.state in self.VISIBLE

    @property
    def shown_tags(self) -> list[Tag]:
        """Its tags, without any that were renamed to a word that no address may contain."""
        return [tag for tag in self.tags.all() if not sensitive_words_in(tag.slug)]

    @property
    def shown_title(self) -> str:
        """The title, or a text in its place."""
        return self.title or "A thread whose title was taken down"

    @property
    def closed_because(self) -> str:
        """Why it takes no replies, as a sentence; empty where it does."""
        if self.state == self.State.CLOSED:
            return "This thread is closed. Start a new one."
        if self.state == self.State.GONE:
            return "This thread was taken down. Start a new one."
        return self.forum.closed_because

    @property
    def answers_closed_consultation(self) -> bool:
        """Whether it answers a consultation that is not open today."""
        return self.topic is not None and not self.topic.consultation.is_open

    @property
    def no_reply_because(self) -> str:
        """As `closed_because`, but also for a thread that was published and waits again."""
        if self.state == self.State.WAITING:
            return "This thread is being looked at again. Keep your text, and send it later."
        return self.closed_because


class TaggedThread(TaggedItemBase):
    """A tag of a thread, in a table of its own, as for resources."""

    content_object = models.ForeignKey(Thread, models.CASCADE, related_name="+")


class PostQuerySet(models.QuerySet["Post"]):
    """Queries of posts."""

    def in_order(self) -> "PostQuerySet":
        """Return the numbered posts in order, also those that are gone, with their writers."""
        shown = self.exclude(number=None).select_related("voice", "author", "in_reply_to__thread__forum")
        return shown.order_by("number")

    def shown(self) -> "PostQuerySet":
        """Return the posts whose text everybody may read."""
        return self.filter(state__in=Post.SHOWN)

    def waiting(self) -> "PostQuerySet":
        """Return the posts that a moderator has still to read, oldest first."""
        return self.filter(state=Post.State.WAITING).order_by("day", "pk")

    def for_writer(self) -> "PostQuerySet":
        """Return a writer's posts for their own pages: in the order of writing, with their notes.

        Add `replies_since`, and `writer_spoke_last`, None where there are no notes.
        """
        later = Post.objects.shown().filter(thread=OuterRef("thread"), number__gt=OuterRef("number"))
        count = later.order_by().values("thread").annotate(count=Count("pk")).values("count")
        return (
            self.select_related("thread__forum", "voice")
            .prefetch_related("notes")
            .annotate(replies_since=Coalesce(Subquery(count), 0), writer_spoke_last=self._writer_spoke_last())
            .order_by("pk")
        )

    def for_moderators(self) -> "PostQuerySet":
        """Return the posts with all that the moderators' queue shows.

        Add `is_reported`: it has an open report; `is_answered`: it has an unread note of its writer; and
        `writer_spoke_last`, None where there are no notes.
        """
        return self.annotate(
            is_reported=Exists(self._related("reports").open()),
            is_answered=Exists(self._related("notes").open()),
            writer_spoke_last=self._writer_spoke_last(),
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
        """Return the posts with an open report."""
        return self.filter(Exists(self._related("reports").open()))

    def _writer_spoke_last(self) -> Subquery:
        return Subquery(self._related("notes").order_by("-pk").values("by_writer")[:1])

    def _related(self, name: str) -> Any:
        """Return the rows of a relation that belong to the outer post."""
        rows: Any = self.model._meta.get_field(name).related_model
        return rows._default_manager.filter(post=OuterRef("pk"))


class Post(models.Model):
    """A post in a thread. It waits for a moderator.

    `number` is given when it is published: numbers tell the order of publication, not of writing.
    `replaces` is the refused post of which it is a new version.
    `day` is the day on which it was sent, and once decided, the day on which it was published or refused.
    """

    class State(models.TextChoices):
        """The state of a post, with the labels that readers and writers see."""

        WAITING = "waiting", "Waiting to be checked"
        PUBLISHED = "published", "Published"
        CHANGED = "changed", "Published with a change"
        REFUSED = "refused", "Not published"
        WITHDRAWN = "withdrawn", "Taken down by the writer"
        REMOVED = "removed", "Taken down by a moderator"

    SHOWN = (State.PUBLISHED, State.CHANGED)
    GONE = (State.WITHDRAWN, State.REMOVED)

    LIKELY_SPAM = "spam"  # a filter of the queue beside the states: posts that may be advertising

    class Reason(models.TextChoices):
        """The reason to refuse or remove a post, which ends the sentence 'because it …'."""

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
    )  # its index is `post_own`
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
        # Without its key: readers see this, and keys tell the order of writing on the whole site.
        return f"post {f'#{self.number}' if self.number else 'without a number'} in thread {self.thread.code}"

    def get_absolute_url(self) -> str:
        """Return the address of a post, with its page and its anchor if it has a number."""
        page = (self.number - 1) // POSTS_PER_PAGE + 1 if self.number else 1
        query = f"?page={page}" if page > 1 else ""
        anchor = f"#post-{self.number}" if self.number else ""
        return f"{self.thread.get_absolute_url()}{query}{anchor}"

    @property
    def writer(self) -> str:
        """The name of its writer: a made-up one, or a member's own."""
        if self.author is None:
            return self.voice.name if self.voice else ""
        return f"{self.author.display_name} (MSCOS team)" if self.author.is_staff else self.author.display_name

    @property
    def is_shown(self) -> bool:
        """Whether everybody may read its text."""
        return self.state in self.SHOWN

    @property
    def is_gone(self) -> bool:
        """Whether its text is erased and a notice stands in its place."""
        return self.state in self.GONE

    @property
    def awaits_new_version(self) -> bool:
        """Whether it was refused and its writer can still send a new version."""
        return self.state == self.State.REFUSED and bool(self.body)

    @property
    def starts_thread(self) -> bool:
        """Whether it is, or would be, the first post of its thread."""
        return self.number == 1 or self.thread.state == Thread.State.WAITING
