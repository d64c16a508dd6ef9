"""one list for whatever concerns many requests: new timings, and one act on many tasks; single keys can be turned off

Revision ID: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    """A text of at most so many characters."""
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def jsonb(name: str) -> sa.Column:
    """A column for codes, empty until told."""
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="{}")


def upgrade() -> None:
    """Bring the schema to this version."""
    _lists()
    _items()
    op.add_column("submission", sa.Column("run", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_submission_run_run"), "submission", "run", ["run"], ["id"])
    op.execute("UPDATE submission SET run = (data->>'retiming')::int, data = data - 'retiming' WHERE act = 'retime'")
    op.add_column("staff", sa.Column("keys", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.alter_column("staff", "keys", server_default=None)


def _lists() -> None:
    """A retiming becomes a list of its own sort."""
    op.rename_table("retiming", "run")
    op.execute("ALTER SEQUENCE retiming_id_seq RENAME TO run_id_seq")
    op.execute("ALTER TABLE run RENAME CONSTRAINT pk_retiming TO pk_run")
    op.execute("ALTER TABLE run RENAME CONSTRAINT fk_retiming_undoes_retiming TO fk_run_undoes_run")
    op.add_column("run", sa.Column("act", text(20), nullable=False, server_default="retime"))
    op.add_column("run", jsonb("data"))
    op.add_column("run", sa.Column("token", text(80), nullable=True))
    op.add_column("run", sa.Column("begins_at", sa.DateTime(timezone=True), nullable=True))
    op.create_unique_constraint(op.f("uq_run_token"), "run", ["token"])
    chosen = "'version', version, 'tier', tier, 'category', category, 'zone', zone"
    op.execute(f"UPDATE run SET data = jsonb_strip_nulls(jsonb_build_object({chosen}))")  # noqa: S608 - our own words
    op.alter_column("run", "act", server_default=None)
    op.alter_column("run", "data", server_default=None)
    for name in ("version", "tier", "category", "zone"):
        op.drop_column("run", name)
    op.drop_index("ux_retiming_one", "run")
    going_on = sa.text("act = 'retime' and state in ('running', 'paused')")
    op.create_index("ux_run_one_retiming", "run", [sa.text("(true)")], unique=True, postgresql_where=going_on)


def _items() -> None:
    """What an item says of itself is data, and a request may stand on a list with several of its tasks."""
    op.rename_table("retiming_item", "run_item")
    op.alter_column("run_item", "retiming", new_column_name="run")
    op.add_column("run_item", sa.Column("task_id", text(40), nullable=False, server_default=""))
    op.add_column("run_item", jsonb("data"))
    op.add_column("run_item", sa.Column("words_id", sa.Integer(), nullable=True))
    op.execute("UPDATE run_item SET data = jsonb_build_object('before', before, 'after', after)")
    op.alter_column("run_item", "task_id", server_default=None)
    op.alter_column("run_item", "data", server_default=None)
    op.alter_column("run_item", "outcome", type_=text(30))
    op.drop_column("run_item", "before")
    op.drop_column("run_item", "after")
    op.drop_constraint("pk_retiming_item", "run_item", type_="primary")
    op.create_primary_key("pk_run_item", "run_item", ["run", "reference", "task_id"])
    for old, new in (("retiming_retiming", "run_run"), ("reference_service_request", "reference_service_request")):
        op.execute(f"ALTER TABLE run_item RENAME CONSTRAINT fk_retiming_item_{old} TO fk_run_item_{new}")
    op.create_foreign_key(op.f("fk_run_item_words_id_words"), "run_item", "words", ["words_id"], ["id"])
    op.execute("ALTER INDEX ix_retiming_item_left RENAME TO ix_run_item_left")


def downgrade() -> None:
    """Take it back; lists of acts on many tasks are lost, what they did stays."""
    op.drop_column("staff", "keys")
    op.execute(
        "UPDATE submission SET data = data || jsonb_build_object('retiming', run) WHERE act = 'retime'",
    )
    op.drop_column("submission", "run")
    op.execute("DELETE FROM run_item USING run WHERE run.id = run_item.run AND run.act <> 'retime'")
    op.execute("DELETE FROM run WHERE act <> 'retime'")
    _items_back()
    _lists_back()


def _items_back() -> None:
    op.execute("ALTER INDEX ix_run_item_left RENAME TO ix_retiming_item_left")
    op.drop_column("run_item", "words_id")
    op.drop_constraint("pk_run_item", "run_item", type_="primary")
    for name in ("before", "after"):
        op.add_column("run_item", sa.Column(name, sa.Integer(), nullable=True))
    op.execute("UPDATE run_item SET before = (data->>'before')::int, after = (data->>'after')::int")
    for name in ("before", "after"):
        op.alter_column("run_item", name, nullable=False)
    op.drop_column("run_item", "data")
    op.drop_column("run_item", "task_id")
    op.alter_column("run_item", "outcome", type_=text(10))
    op.alter_column("run_item", "run", new_column_name="retiming")
    op.rename_table("run_item", "retiming_item")
    op.create_primary_key("pk_retiming_item", "retiming_item", ["retiming", "reference"])
    for old, new in (("retiming_retiming", "run_run"), ("reference_service_request", "reference_service_request")):
        op.execute(f"ALTER TABLE retiming_item RENAME CONSTRAINT fk_run_item_{new} TO fk_retiming_item_{old}")


def _lists_back() -> None:
    op.drop_index("ux_run_one_retiming", "run")
    for name, kind in (("version", sa.Integer()), ("tier", sa.Integer()), ("category", text(60)), ("zone", text(60))):
        op.add_column("run", sa.Column(name, kind, nullable=True))
    op.execute(
        "UPDATE run SET version = (data->>'version')::int, tier = (data->>'tier')::int,"
        " category = data->>'category', zone = data->>'zone'"
    )
    op.alter_column("run", "version", nullable=False)
    for name in ("act", "data", "token", "begins_at"):
        op.drop_column("run", name)
    op.execute("ALTER TABLE run RENAME CONSTRAINT pk_run TO pk_retiming")
    op.execute("ALTER TABLE run RENAME CONSTRAINT fk_run_undoes_run TO fk_retiming_undoes_retiming")
    op.execute("ALTER SEQUENCE run_id_seq RENAME TO retiming_id_seq")
    op.rename_table("run", "retiming")
    going_on = sa.text("state in ('running', 'paused')")
    op.create_index("ux_retiming_one", "retiming", [sa.text("(true)")], unique=True, postgresql_where=going_on)
