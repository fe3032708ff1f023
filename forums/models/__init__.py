"""Forums and their calls for views; threads, anonymous voices and their posts; requests for a call."""

from forums.models.call_requests import CallMessage, CallOffer, CallRequest, ContactView, ErasedRequests
from forums.models.forums import CallForViews, Forum, Prompt
from forums.models.moves import MovedPost
from forums.models.notes import ModeratorNote
from forums.models.reports import Report
from forums.models.steps import UrgentSteps
from forums.models.threads import Post, TaggedThread, Thread
from forums.models.voices import Voice

__all__ = [
    "CallForViews",
    "CallMessage",
    "CallOffer",
    "CallRequest",
    "ContactView",
    "ErasedRequests",
    "Forum",
    "ModeratorNote",
    "MovedPost",
    "Post",
    "Prompt",
    "Report",
    "TaggedThread",
    "Thread",
    "UrgentSteps",
    "Voice",
]
