"""Subscribers, who have no account: actions, pages, forms and links, and the import of lists by editors."""
