"""What readers do, who have no account: `subscriptions.py`; their pages, forms and links; lists that editors import."""
