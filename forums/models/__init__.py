"""Models of the forums: forums, consultations, threads, voices, posts, notes, reports, moved posts; call requests."""

from forums.call_requests.models import CallMessage, CallOffer, CallRequest, ContactDisclosure, ErasedRequests
from forums.call_requests.safeguarding_procedure import SafeguardingProcedure
from forums.models.forums import Consultation, Forum, Topic
from forums.models.moves import MovedPost
from forums.models.notes import ModeratorNote
from forums.models.reports import Report
from forums.models.threads import Post, TaggedThread, Thread
from forums.models.voices import Voice

__all__ = [
    "CallMessage",
    "CallOffer",
    "CallRequest",
    "Consultation",
    "ContactDisclosure",
    "ErasedRequests",
    "Forum",
    "ModeratorNote",
    "MovedPost",
    "Post",
    "Report",
    "SafeguardingProcedure",
    "TaggedThread",
    "Thread",
    "Topic",
    "Voice",
]
