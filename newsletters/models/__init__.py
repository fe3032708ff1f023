"""Issues and their sections; subscribers, and addresses never to write to; enquiries; what is known of outside links."""

from newsletters.models.issues import CheckedLink, Issue, Section
from newsletters.models.people import Enquiry, NeverAgain, Subscriber

__all__ = ["CheckedLink", "Enquiry", "Issue", "NeverAgain", "Section", "Subscriber"]
