"""Forums and their calls for views; threads, anonymous voices and their posts; requests for a call."""

from forums.models.call_requests import CallMessage, CallOffer, CallRequest, ContactView, ErasedRequests
from forums.models.forums import Consultation, Forum, Topic
from forums.models.moves import MovedPost
from forums.models.notes import ModeratorNote
from forums.models.reports import Report
from forums.models.steps import UrgentSteps
from forums.models.threads import Post, TaggedThread, Thread
from forums.models.voices import Voice

__all__ = [
    "CallMessage",
    "CallOffer",
    "CallRequest",
    "Consultation",
    "ContactView",
    "ErasedRequests",
    "Forum",
    "ModeratorNote",
    "MovedPost",
    "Post",
    "Report",
    "TaggedThread",
    "Thread",
    "Topic",
    "UrgentSteps",
    "Voice",
]
