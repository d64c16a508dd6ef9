"""What an application must say for its procedure: the sort of applicant, the load where one is asked for, the account where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from rules.fees import is_load
from rules.procedure import Procedure
from rules.terms import Codes


class BadApplication(ValueError):
    """Something an application must say is missing or cannot be; `field` names it: applicant, load, voltage, account."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def application_of(procedure: Procedure, given: Mapping[str, object], account: str | None) -> Codes:
    """The codes of an application as they are kept. Raises BadApplication."""
    if procedure.account and not account:
        raise BadApplication("account")
    applicant = given.get("applicant")
    if applicant not in procedure.papers:
        raise BadApplication("applicant")
    kept: Codes = {"applicant": applicant}
    if procedure.loads is not None:
        kept["load"] = str(_load(procedure, given.get("load")))
    voltages = {law.voltage for law in procedure.standards if law.voltage}
    if voltages and given.get("voltage"):
        if given["voltage"] not in voltages:
            raise BadApplication("voltage")
        kept["voltage"] = given["voltage"]
    return kept


def _load(procedure: Procedure, given: object) -> Decimal:
    try:
        load = Decimal(str(given))
    except InvalidOperation:
        raise BadApplication("load") from None
    assert procedure.loads is not None
    if not load.is_finite() or not is_load(procedure.loads, load):
        raise BadApplication("load")
    return load.normalize() + 0
