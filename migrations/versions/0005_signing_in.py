"""signing in: temporary passwords, second factor, known browsers, forms kept

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    """A text of at most so many characters."""
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def add(table: str, name: str, kind: sa.types.TypeEngine, default: str) -> None:
    """A column that must not be null; rows already there get `default`, which the table then forgets."""
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=sa.text(default)))
    op.alter_column(table, name, server_default=None)


def upgrade() -> None:
    """Bring the schema to this version."""
    add("staff", "temporary", sa.Boolean(), "false")
    add("staff", "totp", text(64), "''")
    add("staff", "totp_new", text(64), "''")
    add("staff", "totp_step", sa.Integer(), "0")
    add("staff_session", "address", text(64), "''")
    add("staff_session", "pending", sa.Boolean(), "false")
    add("staff_session", "ended", sa.Boolean(), "false")
    add("sign_in_try", "address", text(64), "''")
    add("sign_in_try", "browser", text(64), "''")
    op.create_index(op.f("ix_sign_in_try_address"), "sign_in_try", ["address"])
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", text(64), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["staff.id"], name=op.f("fk_recovery_code_person_staff")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_person"), "recovery_code", ["person"])
    op.create_table(
        "known_browser",
        sa.Column("browser", text(64), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["staff.id"], name=op.f("fk_known_browser_person_staff")),
        sa.PrimaryKeyConstraint("browser", "person", name=op.f("pk_known_browser")),
    )
    op.create_table(
        "kept_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("path", text(300), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["staff.id"], name=op.f("fk_kept_form_person_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_form")),
    )
    op.create_index(op.f("ix_kept_form_person"), "kept_form", ["person"])


def downgrade() -> None:
    """Take it back."""
    for table in ("kept_form", "known_browser", "recovery_code"):
        op.drop_table(table)
    op.drop_index(op.f("ix_sign_in_try_address"), table_name="sign_in_try")
    columns = {
        "sign_in_try": ("address", "browser"),
        "staff_session": ("address", "pending", "ended"),
        "staff": ("temporary", "totp", "totp_new", "totp_step"),
    }
    for table, names in columns.items():
        for name in names:
            op.drop_column(table, name)
