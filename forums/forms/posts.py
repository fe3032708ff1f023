"""Forms of posts: a new thread, a reply, a new version of a refused post."""

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from forums.forms.codes import CODE_ATTRIBUTES
from forums.models import Forum, Post, Thread, Topic, Voice
from forums.personal_data.matches import Marked, fingerprint_of, marked
from forums.validators import validate_no_code
from mscos.codes import parse_code
from mscos.forms import PlainTextField, PublicForm
from mscos.models import User
from mscos.text import POST_LENGTH, render_post

TITLE_LENGTH = 120


class PostForm(PublicForm):
    """A post that starts or answers something. Where its text may identify a person, the writer has to confirm it."""

    CHECKED = ("title", "body", "content_note")
    NOT_STORED = ("public", "asked", "answer")
    MAY_BE_SENT_BY_A_PROGRAM = True

    body = PlainTextField(
        name="post",
        label="Your post",
        max_length=POST_LENGTH,
        validators=[validate_no_code],
        widget=forms.Textarea(attrs={"rows": 8, "data-count": POST_LENGTH, "dir": "auto"}),
    )
    content_note = PlainTextField(
        name="content note",
        label="Content note",
        max_length=100,
        required=False,
        validators=[validate_no_code],
        help_text="If it mentions harm or danger, say in a few words what, such as 'threats'. Readers then choose.",
    )
    public = forms.BooleanField(label="It is meant to be public", required=False)
    asked = forms.CharField(widget=forms.HiddenInput, required=False)  # fingerprints of what was marked last time
    answer = forms.CharField(
        max_length=200,
        help_text="Computer programs are sending us many posts just now. Your answer shows that you are a person. One word is enough.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Answer the question", "max_length": "Answer the question in a word or two"},
    )
    marked: Sequence[tuple[BoundField, Marked]] = ()  # the fields with a match

    def __init__(self, data: QueryDict | None = None, *, forum: Forum, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.forum = forum
        if forum.question and self.MAY_BE_SENT_BY_A_PROGRAM:
            self.fields["answer"].label = forum.question
        else:
            del self.fields["answer"]

    def clean(self) -> dict[str, Any] | None:
        """Look for personal data, and ask about it unless the writer has seen each match and says that it is public."""
        fields = super().clean()
        if self.status == HTTPStatus.TOO_MANY_REQUESTS:
            return fields  # the search is the slowest part of a form
        texts = ((self[name], marked(self.cleaned_data.get(name, ""))) for name in self.CHECKED if name in self.fields)
        self.marked = [(field, text) for field, text in texts if text.texts_by_explanation]
        found = {fingerprint_of(piece) for _, text in self.marked for piece in text.pieces if piece.match}
        asked = set(self.cleaned_data.get("asked", "").split())
        if not (self.cleaned_data["public"] and found <= asked):
            self.put("public", "")
            for field, _ in self.marked:
                self._ask_to_confirm(field.name)
        if found:
            self.put("asked", " ".join(sorted(found)))
        return fields

    @property
    def has_code(self) -> bool:
        """Whether a valid form was sent with the code of a voice: the receipt does not show it again."""
        return bool(self.cleaned_data.get("code"))

    @property
    def fields_to_confirm(self) -> set[str]:
        """The fields that the writer is asked to confirm: their errors are questions, no mistakes."""
        return {field.name for field, _ in self.marked} & set(self.errors)

    @property
    def has_only_questions(self) -> bool:
        """Whether something is to be confirmed and nothing is wrong."""
        return bool(self.errors) and self.fields_to_confirm == set(self.errors)

    @cached_property
    def preview(self) -> SafeString | None:
        """Return the post as readers will see it, where a preview was asked for and nothing is wrong; else None."""
        return render_post(self.cleaned_data["body"]) if "preview" in self.data and self.is_valid() else None

    def to_store(self) -> dict[str, Any]:
        """Return the arguments of the action, without the answers to questions of the form."""
        return {name: value for name, value in super().to_store().items() if name not in self.NOT_STORED}

    def clean_answer(self) -> str:
        """Refuse an answer that is not among the right ones."""
        typed: str = self.cleaned_data["answer"]
        if not self.forum.is_answer(typed):
            raise forms.ValidationError("That is not the answer that we look for. Try another word")
        return typed

    def _ask_to_confirm(self, name: str) -> None:
        label = self.fields[name].label
        self.add_error(
            name, f"{label} may point to someone. Change what is marked, or say that it is meant to be public"
        )


def title_field() -> PlainTextField:
    """Return the field of a thread's title."""
    return PlainTextField(
        name="title", article="a", label="Title", max_length=TITLE_LENGTH, validators=[validate_no_code]
    )


class ThreadForm(PostForm):
    """A new thread with its first post."""

    title = title_field()
    topic = forms.ModelChoiceField(
        Topic.objects.none(),
        label="Type of provision",
        required=False,
        to_field_name="code",
        empty_label="None of these",
        error_messages={"invalid_choice": "Choose one of the types in the list"},
    )
    field_order = ["title", "body", "topic", "content_note"]

    def __init__(self, data: QueryDict | None = None, *, forum: Forum, **kwargs: Any) -> None:
        super().__init__(data, forum=forum, **kwargs)
        topics = Topic.objects.filter(consultation__in=forum.consultations.open()).newest_per_code()
        if topics:
            self.fields["topic"].queryset = topics  # type: ignore[attr-defined]
        else:
            del self.fields["topic"]

    def clean(self) -> dict[str, Any] | None:
        """Drop a topic whose consultation closed meanwhile, and say so: the thread can start in the forum instead."""
        fields = super().clean()
        if day := self._consultation_closed_on():
            self.errors.pop("topic", None)
            self.put("topic", "")
            self.add_error(
                None,
                f"This call for views closed on {date_format(day)}. Nothing was lost. "
                "Send again to start a thread in this forum instead.",
            )
        return fields

    def _consultation_closed_on(self) -> date | None:
        """Return the day on which the chosen topic's consultation closed; None for an open or unknown one."""
        typed = self.data.get("topic", "")
        if not typed or self.cleaned_data.get("topic"):
            return None
        closed = (
            Topic.objects.filter(consultation__in=self.forum.consultations.closed())
            .select_related("consultation")
            .order_by("-consultation__closes")
        )
        return next((topic.consultation.closes for topic in closed if topic.code == typed), None)


class ReplyForm(PostForm):
    """A reply in a thread, to the whole or to one post."""

    code = forms.CharField(
        label="Code from an earlier post here",
        required=False,
        max_length=100,
        help_text="Use it to keep the same made-up name.",
        widget=forms.TextInput(attrs=CODE_ATTRIBUTES),
    )
    to = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ["body", "content_note", "code"]

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        thread: Thread,
        answered: Post | None,
        author: User | None = None,
        **kwargs: Any,
    ) -> None:
        """Take the thread that gets the reply, and the visible post that `to` means, if any."""
        super().__init__(data, forum=thread.forum, **kwargs)
        self.thread, self.answered = thread, answered
        if author:
            del self.fields["code"]

    def clean_code(self) -> str:
        """Return the normalised code, or '' for a new voice."""
        typed: str = self.cleaned_data["code"]
        if self.refusal:
            return ""  # a refused form must not tell whether the code was right
        code = parse_code(typed)
        if typed and not (code and Voice.objects.speaking_in(self.thread).by_code(code).exists()):
            raise forms.ValidationError("That code does not belong to this thread. Leave it empty to get a new name")
        return code or ""

    def clean_to(self) -> Post | None:
        """Return the answered post, None for the whole thread; drop a number that cannot be answered."""
        if self.cleaned_data["to"] and self.answered is None:
            self.put("to", "")
            self.add_error(
                None, "The post that you are answering is not here any more. Send again to answer the whole thread."
            )
        return self.answered

    def to_store(self) -> dict[str, Any]:
        """Return the arguments of `writer_actions.reply`."""
        fields = super().to_store()
        fields["in_reply_to"] = fields.pop("to")
        return fields


class NewVersionForm(PostForm):
    """A new version of a refused post. No program has its code."""

    MAY_BE_SENT_BY_A_PROGRAM = False
    has_code = True

    title = title_field()
    field_order = ["title", "body", "content_note"]

    def __init__(self, data: QueryDict | None = None, *, post: Post, **kwargs: Any) -> None:
        """Take the refused post, whose text is shown to be changed."""
        initial = {"title": post.thread.title, "body": post.body, "content_note": post.content_note}
        super().__init__(data, forum=post.thread.forum, initial=initial, **kwargs)
        if not post.starts_thread:
            del self.fields["title"]
