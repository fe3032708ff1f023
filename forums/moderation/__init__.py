"""Decisions on posts, reports and moves of threads: the actions of moderators and their forms."""
