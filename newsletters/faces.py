"""The mail of an issue: as HTML and as plain text, from the same parts as its page."""

from dataclasses import dataclass, replace
from hashlib import sha256

from newsletters.models import Issue

# Stands in the mail wherever a reader's own token belongs; as long as one, so that sizes do not change.
READERS_OWN = "READERS-OWN-TOKEN-HERE"


@dataclass(frozen=True)
class Mail:
    """The two parts of an issue's mail, alike for all readers but for their own token."""

    html: str
    text: str

    @property
    def size(self) -> int:
        """Bytes of the HTML part as it is sent, encoded."""
        return len(self.html.encode())

    @property
    def fingerprint(self) -> str:
        """A digest by which it is known that nothing was changed since somebody looked."""
        return sha256(f"{self.html}\0{self.text}".encode()).hexdigest()

    def for_reader(self, token: str) -> "Mail":
        """Return the mail with a reader's own links."""
        return replace(self, html=self.html.replace(READERS_OWN, token), text=self.text.replace(READERS_OWN, token))


def mail_of(issue: Issue) -> Mail:
    """Return the mail of an issue as it would go out now."""
    return Mail(html=f"<p>{issue.title}</p>", text=issue.title)
