"""Forums and their calls for views; threads, anonymous voices and their posts."""

from forums.models.forums import CallForViews, Forum, Prompt
from forums.models.threads import ModeratorNote, Post, Thread, Voice

__all__ = ["CallForViews", "Forum", "ModeratorNote", "Post", "Prompt", "Thread", "Voice"]
