"""calendars of zones and offices, holidays by name, and exceptional events

Revision ID: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    """A text of at most so many characters."""
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def instant(name: str, *, optional: bool = False) -> sa.Column:
    """A column for an aware instant."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def jsonb(name: str) -> sa.Column:
    """A column for codes."""
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)


def upgrade() -> None:
    """Bring the schema to this version."""
    for name in ("site_office", "site_zone"):
        op.add_column("service_request", sa.Column(name, text(60), nullable=False, server_default=""))
        op.alter_column("service_request", name, server_default=None)
    op.execute(
        "update service_request as request set site_office = office.code, site_zone = office.zone from office"
        " where office.code = coalesce(request.offices ->> 0, request.office)"
    )
    for name in ("made_from", "beside"):
        op.add_column("policy_version", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("run_item", instant("tell_by", optional=True))
    op.create_index(
        "ix_run_item_told", "run_item", ["run", "tell_by"], postgresql_where=sa.text("tell_by is not null")
    )
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("zone", text(60), nullable=False),
        jsonb("names"),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        instant("confirmed_at", optional=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("day", "zone", name=op.f("pk_holiday")),
    )
    op.create_table(
        "exceptional_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", text(20), nullable=False),
        sa.Column("zone", text(60), nullable=True),
        jsonb("categories"),
        instant("since"),
        instant("until", optional=True),
        jsonb("note"),
        sa.Column("by", sa.Integer(), nullable=True),
        instant("at"),
        instant("withdrawn_at", optional=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exceptional_event")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("exceptional_event")
    op.drop_table("holiday")
    op.drop_index("ix_run_item_told", table_name="run_item")
    op.drop_column("run_item", "tell_by")
    for name in ("beside", "made_from"):
        op.drop_column("policy_version", name)
    for name in ("site_zone", "site_office"):
        op.drop_column("service_request", name)
