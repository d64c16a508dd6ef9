"""What is read out to a caller: what his own page says, in his language."""

from __future__ import annotations

from languages.catalog import use
from models.requests import ServiceRequest
from rules.terms import Kind
from web.consumer.telling import Told
from web.errors import NotFound
from web.shared import Shared


async def said_to(shared: Shared, row: ServiceRequest, language: str) -> Told:
    """What the consumer's page says now, in `language`; of an application also what the applicant alone may read."""
    with use(language):
        own = row.kind != Kind.COMPLAINT
        found = await shared.get(row.reference, acting=own, at_least=row.number)
    if found is None:
        raise NotFound
    return found.told
