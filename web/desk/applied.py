"""What was applied for, named: the sort of applicant, the load, the voltage."""

from __future__ import annotations

from decimal import Decimal

from models.requests import ServiceRequest
from web.book import Book


def load_of(request: ServiceRequest) -> Decimal | None:
    """The load asked for in kW; None where none is."""
    load = request.application.get("load")
    return None if load is None else Decimal(str(load))


def applicant_of(request: ServiceRequest, book: Book) -> str:
    """The sort of applicant as people read it."""
    return book.label("applicant", request.application.get("applicant"))
