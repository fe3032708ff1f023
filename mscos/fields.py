"""Model fields for rendered Markdown and for encrypted text."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from django.utils.safestring import SafeString

from mscos.encryption import EncryptedText
from mscos.text import render_editorial, stored


class RenderedMarkdownField(models.TextField):
    """The HTML of a Markdown field beside it, rendered when the row is saved and safe to show as it is read.

    `source` names the field with an editor's Markdown. With `source=None` nothing is rendered here: an action sets
    the HTML, from `render_post`, when a post is published. In `save(update_fields=[...])` name this field as well as
    its source, or the old HTML stays; a queryset's `update()` renders nothing.
    """

    def __init__(self, *args: Any, source: str | None = None, **kwargs: Any) -> None:
        self.source = source
        super().__init__(*args, **{"editable": False, "blank": True, "default": "", **kwargs})

    def deconstruct(self) -> Any:
        """Return the arguments with which a migration makes this field."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001
        """Return the HTML to store, and set it on the object that is being saved."""
        if self.source is None:
            return super().pre_save(model_instance, add)
        html = render_editorial(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, html)
        return html

    def from_db_value(
        self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper
    ) -> SafeString | None:
        """Return stored HTML marked as safe."""
        return None if value is None else stored(value)


class EncryptedTextField(models.TextField):
    """An encrypted text: a token in the column, an `EncryptedText` on the object.

    Rows cannot be looked up by it. `manage.py rotate_field_keys` encrypts it again when the keys have changed.
    """

    if TYPE_CHECKING:
        _pyi_private_set_type: EncryptedText  # type: ignore[assignment]  # str only in the database
        _pyi_private_get_type: EncryptedText  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"blank": True, "default": EncryptedText, "editable": False, **kwargs})

    def from_db_value(self, value: str, expression: Expression, connection: BaseDatabaseWrapper) -> EncryptedText:
        """Return the stored token as an `EncryptedText`, not decrypted."""
        return EncryptedText(value)

    def to_python(self, value: Any) -> EncryptedText:
        """Return an `EncryptedText`; a plain text is refused, since it may have been meant to be encrypted."""
        if isinstance(value, EncryptedText) or value == "":
            return value or EncryptedText()
        raise TypeError("An encrypted column takes EncryptedText.of(text).")

    def get_prep_value(self, value: Any) -> str:
        """Return the token to store."""
        return self.to_python(value).token
