"""Issues, sections and checked links; mailings and deliveries; subscribers, suppressed addresses and enquiries."""

from newsletters.models.delivery import Delivery, Mailing
from newsletters.models.issues import CheckedLink, Issue, Section
from newsletters.models.people import Enquiry, Subscriber, SuppressedAddress

__all__ = ["CheckedLink", "Delivery", "Enquiry", "Issue", "Mailing", "Section", "Subscriber", "SuppressedAddress"]
