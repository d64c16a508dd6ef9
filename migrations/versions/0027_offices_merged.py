"""offices that were merged, and places that are not yet live

Revision ID: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    """A text of at most so many characters."""
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def upgrade() -> None:
    """Bring the schema to this version."""
    op.add_column("office", sa.Column("successor", text(60), nullable=True))
    op.add_column("locality", sa.Column("live_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("locality", sa.Column("ring", text(20), nullable=False, server_default=""))
    op.alter_column("locality", "ring", server_default=None)


def downgrade() -> None:
    """Take it back."""
    op.drop_column("locality", "ring")
    op.drop_column("locality", "live_from")
    op.drop_column("office", "successor")
