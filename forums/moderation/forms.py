"""Forms of moderators: a decision, a question to the writer, a colleague to take over."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from forums.models import Post
from mscos.forms import PlainTextField
from mscos.groups import MODERATORS
from mscos.models import User
from mscos.text import POST_LENGTH


def moderators() -> QuerySet[User]:
    """Return the moderators, by name."""
    return User.objects.filter(groups__name=MODERATORS, is_active=True, is_staff=True).order_by("display_name")


class AskForm(forms.Form):
    """A question or message to the writer."""

    question = PlainTextField(
        name="question",
        article="a",
        label="Your question or words",
        max_length=2_000,
        help_text="Only the writer can read it, and can answer. The post stays as it is.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


class PassOnForm(forms.Form):
    """The colleague to whom a post is passed."""

    to = forms.ModelChoiceField(User.objects.none(), required=False, label="Pass to", empty_label="Anybody")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = moderators()  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """A decision on one post."""

    PUBLISH, CHANGE, REFUSE, REMOVE = "publish", "change", "refuse", "remove"

    ADMIN_LINE = forms.TextInput(attrs={"class": "vTextField"})

    decision = forms.ChoiceField(choices=[(name, name) for name in (PUBLISH, CHANGE, REFUSE, REMOVE)])
    title = PlainTextField(name="title", article="a", max_length=120, required=False, widget=ADMIN_LINE)
    body = PlainTextField(
        name="post",
        label="Post",
        max_length=POST_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "vLargeTextField"}),
    )
    content_note = PlainTextField(name="content note", max_length=100, required=False, widget=ADMIN_LINE)
    reason = forms.ChoiceField(
        label="This post …", choices=[("", "Choose a reason"), *Post.Reason.choices], required=False
    )
    words = PlainTextField(
        name="words to the writer",
        article="some",
        label="Words to the writer",
        max_length=2000,
        required=False,
        help_text="Only the writer can read them. Say what they can do next.",
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    )
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, post: Post, auto_id: str = "id_%s") -> None:
        title = post.thread.title if post.starts_thread else ""
        words = {"title": title, "body": post.body, "content_note": post.content_note}
        super().__init__(data, initial=words, auto_id=auto_id)
        self.post = post
        if not post.starts_thread:
            del self.fields["title"]

    def clean(self) -> dict[str, Any]:
        """Require what the decision needs: a change, or a reason and a message to the writer."""
        fields = self.cleaned_data
        if fields.get("decision") == self.CHANGE:
            self._require("title", "body")
            if not self.errors and not self.has_changes():
                self.add_error("body", "Nothing was changed. Change something, or press Publish")
        if fields.get("decision") in (self.REFUSE, self.REMOVE):
            if not fields.get("reason"):
                self.add_error("reason", "Choose a reason")
            self._require("words")
        return fields

    def has_changes(self) -> bool:
        """Return whether any text differs from what the writer sent."""
        names = [name for name in ("title", "body", "content_note") if name in self.fields]
        return any(self.cleaned_data[name] != self.initial[name] for name in names)

    def _require(self, *names: str) -> None:
        for name in names:
            field = self.fields.get(name)
            if field and name in self.cleaned_data and not self.cleaned_data[name]:
                self.add_error(name, field.error_messages["required"])
