"""Call requests: models, actions of requesters and of the team, forms, views, admin and the safeguarding procedure."""
