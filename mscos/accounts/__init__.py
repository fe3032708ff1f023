"""Accounts and sign-in: allauth with the portal's own adapters, forms, views and addresses."""
