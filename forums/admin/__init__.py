"""What the team sees of this room."""

from forums.admin import forums, posts

__all__ = ["forums", "posts"]
