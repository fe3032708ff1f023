"""Helpers of the tests of personal data: figures of what is found and of false alarms, and forms that come back."""

import re
from dataclasses import dataclass
from types import ModuleType

from forums.personal_data.matches import find_personal_data
from tests.forums.helpers import kept

MARKED = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


@dataclass(frozen=True)
class Figures:
    missed: list[str]
    wrong: list[tuple[str, str]]
    with_data: int
    ordinary: int

    @property
    def recall(self) -> float:
        return 1 - len(self.missed) / self.with_data

    @property
    def false_alarms(self) -> float:
        return len(self.wrong) / self.ordinary

    def __str__(self) -> str:
        return (
            f"found {self.with_data - len(self.missed)} of {self.with_data} (recall {self.recall:.3f}), "
            f"marked {len(self.wrong)} of {self.ordinary} wrongly (false alarms {self.false_alarms:.3f})"
        )


def figures(sentences: ModuleType) -> Figures:
    with_data = [(kind, sentence) for kind, group in sentences.POINTING.items() for sentence in group]
    return Figures(
        missed=[sentence for kind, sentence in with_data if not is_found(kind, sentence)],
        wrong=[
            (sentence, sentence[found[0].start : found[0].end])
            for sentence in sentences.ORDINARY
            if (found := find_personal_data(sentence))
        ],
        with_data=len(with_data),
        ordinary=len(sentences.ORDINARY),
    )


def is_found(kind: str, sentence: str) -> bool:
    """Return whether a match of this kind overlaps the part in [[…]]."""
    start = sentence.index("[[")
    end = start + len(MARKED.search(sentence).group(1))
    text = MARKED.sub(r"\1", sentence)
    return any(each.kind == kind and each.start < end and each.end > start for each in find_personal_data(text))


PHONE = "07700 900123"
LINK = "Some words may point to someone. See which"  # in the summary, to the panel


def is_ticked(response):
    return "checked" in re.search(r'<input[^>]*name="public"[^>]*>', response.content.decode()).group()


def confirmed_form(response, **changed):
    """Return what a browser sends from the form that came back, with the box ticked."""
    names = ("title", "body", "content_note", "submission_id", "asked")
    return {**{name: kept(response, name) for name in names}, "public": "on", **changed}
