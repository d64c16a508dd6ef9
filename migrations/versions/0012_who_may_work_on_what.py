"""what a post is able for and how much it is to have, groups of consumers, who is concerned, and requests brought forward

Revision ID: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NONE = sa.text("'[]'::jsonb")
MARKS = {
    "ix_staff_phone_end": "right(regexp_replace(coalesce(phone, ''), '[^0-9]', '', 'g'), 9)",
    "ix_staff_email": "lower(email)",
}
"""By what an officer is known again who asks for something himself: looked for at every filing."""


def text(name: str, length: int) -> sa.Column:
    """A column for a code that may be left out."""
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(length=length), nullable=True)


def listed(table: str, name: str) -> None:
    """Add a column for a list, empty in the rows there are."""
    kind = postgresql.JSONB(astext_type=sa.Text())
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=NONE))
    op.alter_column(table, name, server_default=None)


def upgrade() -> None:
    """Bring the schema to this version."""
    listed("post", "able")
    op.add_column("post", sa.Column("most_tasks", sa.Integer(), nullable=True))
    op.add_column("connection", text("segment", 60))
    op.add_column("service_request", text("segment", 60))
    listed("service_request", "concerned")
    op.add_column("service_request", sa.Column("brought_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("service_request", sa.Column("brought_tier", sa.Integer(), nullable=True))
    for name, marks in MARKS.items():
        op.create_index(name, "staff", [sa.text(marks)])


def downgrade() -> None:
    """Go back one version."""
    for name in MARKS:
        op.drop_index(name, "staff")
    for name in ("brought_tier", "brought_at", "concerned", "segment"):
        op.drop_column("service_request", name)
    op.drop_column("connection", "segment")
    for name in ("most_tasks", "able"):
        op.drop_column("post", name)
