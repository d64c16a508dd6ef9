"""new timings for open requests: the list, and what would happen before they are saved

Revision ID: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0006"
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
    op.add_column("service_request", sa.Column("standard_version", sa.Integer(), nullable=True))
    op.create_table(
        "retiming",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        instant("at"),
        sa.Column("state", text(10), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=True),
        sa.Column("category", text(60), nullable=True),
        sa.Column("zone", text(60), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        instant("looked_at", optional=True),
        instant("ended_at", optional=True),
        sa.ForeignKeyConstraint(["undoes"], ["retiming.id"], name=op.f("fk_retiming_undoes_retiming")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retiming")),
    )
    going_on = sa.text("state in ('running', 'paused')")
    op.create_index("ux_retiming_one", "retiming", [sa.text("(true)")], unique=True, postgresql_where=going_on)
    op.create_table(
        "retiming_item",
        sa.Column("retiming", sa.Integer(), nullable=False),
        sa.Column("reference", text(9), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("outcome", text(10), nullable=True),
        instant("at", optional=True),
        sa.ForeignKeyConstraint(["retiming"], ["retiming.id"], name=op.f("fk_retiming_item_retiming_retiming")),
        sa.ForeignKeyConstraint(
            ["reference"], ["service_request.reference"], name=op.f("fk_retiming_item_reference_service_request")
        ),
        sa.PrimaryKeyConstraint("retiming", "reference", name=op.f("pk_retiming_item")),
    )
    left = sa.text("outcome is null")
    op.create_index("ix_retiming_item_left", "retiming_item", ["retiming", "place"], postgresql_where=left)
    op.create_table(
        "what_if",
        sa.Column("id", text(40), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        instant("at"),
        sa.Column("base", sa.Integer(), nullable=False),
        jsonb("typed"),
        jsonb("result"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_what_if")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("what_if")
    op.drop_table("retiming_item")
    op.drop_table("retiming")
    op.drop_column("service_request", "standard_version")
