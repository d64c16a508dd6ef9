"""calls that ended without a number

Revision ID: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    """A text of at most so many characters."""
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def upgrade() -> None:
    """Bring the schema to this version."""
    op.create_table(
        "ended_call",
        sa.Column("id", text(80), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("ending", text(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["staff.id"], name=op.f("fk_ended_call_person_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ended_call")),
    )
    op.create_index(op.f("ix_ended_call_at"), "ended_call", ["at"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("ended_call")
