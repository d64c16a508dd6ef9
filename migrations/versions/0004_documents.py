"""documents"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this version."""
    op.create_table(
        "document",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=True),
        sa.Column("draft", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("token", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("paper", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("received_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("pixels_wide", sa.Integer(), nullable=True),
        sa.Column("pixels_high", sa.Integer(), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("fault", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
        sa.Column("words_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reference"], ["service_request.reference"], name=op.f("fk_document_reference_service_request")
        ),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_document_words_id_words")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("token", name=op.f("uq_document_token")),
    )
    op.create_index(op.f("ix_document_draft"), "document", ["draft"], unique=False)
    op.create_index(op.f("ix_document_reference"), "document", ["reference"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_document_reference"), table_name="document")
    op.drop_index(op.f("ix_document_draft"), table_name="document")
    op.drop_table("document")
