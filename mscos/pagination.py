"""Pagination of lists; an invalid page number gives page 1."""

from typing import TypeVar

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)


def paginate(request: HttpRequest, rows: QuerySet[M], size: int) -> Page[M]:
    """Return the page that `?page=` names; page 1 where it is missing, no number or too high."""
    return page_of(request, Paginator(rows, size))


def page_of(request: HttpRequest, paginator: "Paginator[M]") -> Page[M]:
    """Return the page of a paginator that `?page=` names, as `paginate` does."""
    try:
        return paginator.page(request.GET.get("page", 1))
    except InvalidPage:
        return paginator.page(1)
