"""timings a second administrator has to approve

Revision ID: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this version."""
    op.add_column("policy_version", sa.Column("approved_by", sa.Integer()))
    codes = postgresql.JSONB()
    op.create_table(
        "policy_proposal",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("content", codes, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author", sa.Integer()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("choice", codes, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.Integer()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer()),
    )
    op.create_index("ix_policy_proposal_state", "policy_proposal", ["state"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("policy_proposal")
    op.drop_column("policy_version", "approved_by")
