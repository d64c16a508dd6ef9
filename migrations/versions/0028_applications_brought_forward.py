"""applications brought forward, with what of them was done before; confidential requests by an index of their own

Revision ID: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this version."""
    op.add_column("service_request", sa.Column("brought_done", JSONB(), nullable=False, server_default="{}"))
    op.alter_column("service_request", "brought_done", server_default=None)
    op.create_index(
        "ix_service_request_confidential", "service_request", ["reference"], postgresql_where=sa.text("confidential")
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_service_request_confidential", "service_request")
    op.drop_column("service_request", "brought_done")
