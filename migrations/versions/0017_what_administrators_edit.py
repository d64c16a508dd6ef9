"""an administrator's own words for messages, and an example of each

Revision ID: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    """A text of at most so many characters."""
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def message() -> tuple[sa.Column[str], ...]:
    """What names a message."""
    return (
        sa.Column("recipient", text(10), nullable=False),
        sa.Column("kind", text(30), nullable=False),
        sa.Column("language", text(5), nullable=False),
    )


def upgrade() -> None:
    """Bring the schema to this version."""
    op.create_table(
        "message_text",
        *message(),
        sa.Column("part", text(10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("recipient", "kind", "language", "part", name=op.f("pk_message_text")),
    )
    op.create_table(
        "message_example",
        *message(),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("filled", postgresql.JSONB(), nullable=False),
        sa.Column("around", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("recipient", "kind", "language", name=op.f("pk_message_example")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("message_example")
    op.drop_table("message_text")
