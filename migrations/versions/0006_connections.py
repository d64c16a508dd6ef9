"""connection requests: stages, demand notes, payments, what was taken"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString
Instant = sa.DateTime(timezone=True)
EMPTY = sa.text("'{}'::jsonb")


def upgrade() -> None:
    """Bring the schema to this version."""
    op.add_column("service_request", sa.Column("complete_at", Instant, nullable=True))
    _codes("service_request", "application")
    op.add_column("task", sa.Column("outcome", Text(length=40), nullable=True))
    _codes("task", "data")
    op.add_column("hold", sa.Column("remind_at", Instant, nullable=True))
    op.create_table(
        "demand_note",
        sa.Column("number", Text(length=14), nullable=False),
        sa.Column("reference", Text(length=9), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=True),
        sa.Column("state", Text(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["reference"], ["service_request.reference"], name=op.f("fk_demand_note_reference_service_request")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_demand_note")),
    )
    op.create_index(op.f("ix_demand_note_reference"), "demand_note", ["reference"])
    op.create_table(
        "payment",
        sa.Column("id", Text(length=120), nullable=False),
        sa.Column("reference", Text(length=9), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("by", Text(length=10), nullable=False),
        sa.Column("note", Text(length=14), nullable=True),
        sa.ForeignKeyConstraint(
            ["reference"], ["service_request.reference"], name=op.f("fk_payment_reference_service_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    op.create_index(op.f("ix_payment_reference"), "payment", ["reference"])
    op.create_table(
        "taken",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", Text(length=9), nullable=False),
        sa.Column("what", Text(length=10), nullable=False),
        sa.Column("key", Text(length=100), nullable=False),
        sa.Column("taken_at", Instant, nullable=False),
        sa.Column("undone_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["reference"], ["service_request.reference"], name=op.f("fk_taken_reference_service_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taken")),
    )
    op.create_index(op.f("ix_taken_reference"), "taken", ["reference"])
    op.create_index(
        "ux_taken_held", "taken", ["what", "key"], unique=True, postgresql_where=sa.text("undone_at is null")
    )
    op.create_table(
        "meter",
        sa.Column("number", Text(length=40), nullable=False),
        sa.Column("office", Text(length=60), nullable=True),
        sa.Column("fitted_at", Text(length=20), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_meter")),
    )


def _codes(table: str, name: str) -> None:
    """An empty JSONB column on a table that has rows."""
    op.add_column(table, sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=EMPTY))
    op.alter_column(table, name, server_default=None)
