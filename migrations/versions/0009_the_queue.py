"""the queue's order to the last task, its rarer views, and words found in three scripts

Revision ID: 0009
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SIDES = ("handler", "answerable")
OPEN = "done_at is null"
RARE = {"ix_task_climbed": f"{OPEN} and tier > 1", "ix_task_beyond": f"{OPEN} and beyond_at is not null"}


def upgrade() -> None:
    """Bring the schema to this version."""
    for side in SIDES:
        op.drop_index(f"ix_task_queue_{side}", table_name="task")
        op.create_index(f"ix_task_queue_{side}", "task", [side, "due", "id"], postgresql_where=OPEN)
    for name, which in RARE.items():
        op.create_index(name, "task", ["due", "id"], postgresql_where=which)
    alike = {"body": "gin_trgm_ops"}
    op.create_index("ix_words_body", "words", ["body"], postgresql_using="gin", postgresql_ops=alike)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_words_body", table_name="words")
    for name in RARE:
        op.drop_index(name, table_name="task")
    for side in SIDES:
        op.drop_index(f"ix_task_queue_{side}", table_name="task")
        op.create_index(f"ix_task_queue_{side}", "task", [side, "due"], postgresql_where=OPEN)
