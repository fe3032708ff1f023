"""Outcomes, references and featured resources; resources and their organisations; quotations with consent."""

from outcomes.models.outcomes import Domain, Feature, Outcome, Reference
from outcomes.models.quotations import Quotation
from outcomes.models.resources import Nation, Organisation, Resource, ResourceOrganisation, TaggedResource

__all__ = [
    "Domain",
    "Feature",
    "Nation",
    "Organisation",
    "Outcome",
    "Quotation",
    "Reference",
    "Resource",
    "ResourceOrganisation",
    "TaggedResource",
]
