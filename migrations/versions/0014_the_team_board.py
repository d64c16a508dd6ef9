"""the team board reads what happened and what was closed within a period

Revision ID: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this version."""
    op.create_index("ix_event_kind_at", "event", ["kind", "at"])
    op.drop_index("ix_event_kind", table_name="event")
    closed = sa.text("closed_at is not null")
    op.create_index("ix_service_request_closed_at", "service_request", ["closed_at"], postgresql_where=closed)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_service_request_closed_at", table_name="service_request")
    op.create_index("ix_event_kind", "event", ["kind"])
    op.drop_index("ix_event_kind_at", table_name="event")
