"""Issues and sections, the ledger of their sending; subscribers, addresses never to write to, enquiries; outside links."""

from newsletters.models.delivery import Delivery, Mailing
from newsletters.models.issues import CheckedLink, Issue, Section
from newsletters.models.people import Enquiry, Subscriber, SuppressedAddress

__all__ = ["CheckedLink", "Delivery", "Enquiry", "Issue", "Mailing", "Section", "Subscriber", "SuppressedAddress"]
