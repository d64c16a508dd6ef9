"""What the consumer wrote waits for an answer; who has a request open now.

Revision ID: 0011
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.add_column("service_request", sa.Column("wrote_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "onlooker",
        sa.Column("reference", sa.String(length=9), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reference", "person", name=op.f("pk_onlooker")),
    )
    op.create_index(op.f("ix_onlooker_person"), "onlooker", ["person"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("onlooker")
    op.drop_column("service_request", "wrote_at")
