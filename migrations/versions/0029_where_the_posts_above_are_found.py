"""where the posts of zones and of the whole company are found

Revision ID: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this version: empty where nobody said, until an administrator writes it."""
    for column in ("addresses", "hours"):
        op.add_column("zone", sa.Column(column, JSONB(), nullable=False, server_default="{}"))
        op.alter_column("zone", column, server_default=None)
    op.add_column("zone", sa.Column("phone", sa.String(20), nullable=False, server_default=""))
    op.alter_column("zone", "phone", server_default=None)
    op.execute(
        "INSERT INTO names (kind, code, place, labels, data) SELECT 'utility', 'head_office', 0, '{}', '{}'"
        " WHERE EXISTS (SELECT FROM names WHERE kind = 'utility' AND code = 'forum')"
    )


def downgrade() -> None:
    """Take it back."""
    op.execute("DELETE FROM names WHERE kind = 'utility' AND code = 'head_office'")
    for column in ("phone", "hours", "addresses"):
        op.drop_column("zone", column)
