"""Forms to move, merge and split threads."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict

from forums.models import Forum, Post, Thread
from forums.validators import is_post_number
from mscos.forms import PlainTextField

MAX_LISTED = 200  # posts of a thread that are all offered, each with a checkbox
LAST_LISTED = 30  # of a longer thread, only its last posts
IN_ADDRESS = re.compile(r"/t/([^/?#]+)")
RANGE = re.compile(r"#?(\d{1,9})(?:\s*[-\u2013]\s*#?(\d{1,9}))?")
INPUT_ATTRIBUTES = {"class": "vTextField", "autocomplete": "off", "spellcheck": "false"}


class ThreadMoveForm(forms.Form):
    """A form about one thread."""

    def __init__(self, data: QueryDict | None = None, *, thread: Thread) -> None:
        super().__init__(data)
        self.thread = thread

    def to_confirm(self) -> Thread | None:
        """Return the other thread of a valid form, where the moderator has to confirm it."""
        return None


class MoveForm(ThreadMoveForm):
    """The forum to which a thread is moved."""

    to = forms.ModelChoiceField(
        Forum.objects.none(),
        label="Move to",
        empty_label="Choose a forum",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose another forum"),
    )

    def __init__(self, data: QueryDict | None = None, *, thread: Thread) -> None:
        super().__init__(data, thread=thread)
        self.fields["to"].queryset = Forum.objects.exclude(pk=thread.forum_id)  # type: ignore[attr-defined]


class MergeForm(ThreadMoveForm):
    """The thread into which another is merged."""

    into = forms.CharField(
        label="Merge into",
        max_length=300,
        help_text="The other thread's code, such as 47hvcf3h, or its address.",
        widget=forms.TextInput(attrs=INPUT_ATTRIBUTES),
        error_messages={"required": "Enter the other thread's code or address"},
    )
    sure = forms.CharField(required=False, widget=forms.HiddenInput)

    def to_confirm(self) -> Thread | None:
        """Return the thread to merge into, unless it was confirmed or the action will refuse it."""
        into: Thread = self.cleaned_data["into"]
        is_sure = self.cleaned_data["sure"] == into.code
        return None if is_sure or into == self.thread or not into.is_visible else into

    def clean_into(self) -> Thread:
        """Return the thread of a code, or of an address that contains it."""
        typed: str = self.cleaned_data["into"]
        address = IN_ADDRESS.search(typed)
        thread = Thread.objects.select_related("forum").filter(code=(address[1] if address else typed).lower()).first()
        if thread is None:
            raise ValidationError("No thread has this code or address. Copy it from the thread's page")
        return thread


class TickedPostsField(forms.MultipleChoiceField):
    """Numbers of ticked posts. The form checks whether they can still be read."""

    def valid_value(self, value: str) -> bool:
        """Return whether a value can be a number."""
        return is_post_number(value)


class RangesField(forms.CharField):
    """Ranges of numbers: '4, 7-9' becomes the pairs (4, 4) and (7, 9)."""

    def to_python(self, value: Any) -> Any:
        """Return the pairs; raises ValidationError for anything else."""
        parts = [part.strip() for part in str(super().to_python(value)).split(",")]
        found = [RANGE.fullmatch(part) for part in parts if part]
        pairs = [(int(match[1]), int(match[2] or match[1])) for match in found if match]
        if len(pairs) < len(found) or any(first > last for first, last in pairs):
            raise ValidationError("Enter numbers with commas between them, and ranges like 7-9: 4, 7-9")
        return pairs


class SplitForm(ThreadMoveForm):
    """Posts that become a new thread, and its title."""

    title = PlainTextField(
        name="title",
        article="a",
        label="Title of the new thread",
        max_length=120,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )
    numbers = RangesField(
        label="Numbers of posts",
        required=False,
        max_length=200,
        help_text="Such as 4, 7-9. Of a range, those that can be read are taken.",
        widget=forms.TextInput(attrs=INPUT_ATTRIBUTES),
    )
    ticked = TickedPostsField(required=False)

    def clean(self) -> dict[str, Any]:
        """Find the chosen posts; name those that cannot be read in this thread."""
        fields = self.cleaned_data
        ticked = [int(number) for number in fields.get("ticked", [])[:MAX_LISTED]]  # no page offers more
        pairs = [*fields.get("numbers", []), *((number, number) for number in ticked)]
        wanted = Q(number__in=ticked)
        for pair in fields.get("numbers", []):
            wanted |= Q(number__range=pair)
        fields["posts"] = list(self.thread.posts.shown().filter(wanted).only("pk", "number", "thread"))
        found = [post.number or 0 for post in fields["posts"]]
        if missing := [pair for pair in pairs if not any(pair[0] <= number <= pair[1] for number in found)]:
            named = ", ".join(f"#{first}" if first == last else f"#{first}-{last}" for first, last in missing)
            self.add_error("numbers", f"Not to be read in this thread: {named}. Choose others")
        return fields

    def posts_to_read(self) -> list[tuple[Post, bool]]:
        """Return all posts of a short thread or the last ones of a long one, each with whether it is ticked."""
        shown = self.thread.posts.shown().select_related("voice", "author").order_by("-number")
        posts = list(shown[: MAX_LISTED + 1])
        offered = posts if len(posts) <= MAX_LISTED else posts[:LAST_LISTED]
        ticked = set(self["ticked"].value() or [])
        return [(post, str(post.number) in ticked) for post in reversed(offered)]
