"""Issues of the newsletter, who gets them, and the form by which newcomers sign up or write to the team."""
