"""trust in the clock: bounds and addresses of alarms, what was healed when, and lateness found by when it was recorded

Revision ID: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this version; the one row of alarms is there from the first."""
    text = sqlmodel.sql.sqltypes.AutoString
    jsonb = postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bounds", jsonb, nullable=False),
        sa.Column("addresses", jsonb, nullable=False),
        sa.Column("language", text(length=5), nullable=False),
        sa.Column("told", jsonb, nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_alarms"),
    )
    op.execute("insert into alarms (id, bounds, addresses, language, told) values (1, '{}', '[]', 'en', '[]')")
    op.create_table(
        "healing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_healing"),
    )
    op.create_index("ix_healing_at", "healing", ["at"])
    op.add_column("notification", sa.Column("address", text(length=200), nullable=True))
    timed = sa.text("due is not null")
    op.create_index("ix_event_due_recorded", "event", ["recorded"], postgresql_where=timed)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_event_due_recorded", table_name="event")
    op.drop_column("notification", "address")
    op.drop_table("healing")
    op.drop_table("alarms")
