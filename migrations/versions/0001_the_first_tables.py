"""the first tables"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this version."""
    op.execute("create extension if not exists pg_trgm")
    op.execute(
        "do $$ begin if show_trgm('बिजली') = '{}' then raise exception"
        " 'this database finds no Hindi or Urdu words: make it with encoding UTF8 and LC_CTYPE C.UTF-8'; end if; end $$"
    )
    op.create_table(
        "answer_link",
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_answer_link")),
    )
    op.create_index(op.f("ix_answer_link_reference"), "answer_link", ["reference"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_what"), "audit", ["what"], unique=False)
    op.create_table(
        "consumer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=True),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=True),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.Column("account", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consumer")),
    )
    op.create_index(op.f("ix_consumer_account"), "consumer", ["account"], unique=False)
    op.create_index(
        "ix_consumer_name",
        "consumer",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_index(op.f("ix_consumer_phone"), "consumer", ["phone"], unique=False)
    op.create_table(
        "consumer_session",
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_consumer_session")),
    )
    op.create_index(op.f("ix_consumer_session_reference"), "consumer_session", ["reference"], unique=False)
    op.create_table(
        "draft",
        sa.Column("token", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_draft")),
    )
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("body_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotency_key")),
    )
    op.create_table(
        "missed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed")),
    )
    op.create_index(op.f("ix_missed_address"), "missed", ["address"], unique=False)
    op.create_table(
        "names",
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("labels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("kind", "code", name=op.f("pk_names")),
    )
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("code_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
    )
    op.create_index(op.f("ix_one_time_code_reference"), "one_time_code", ["reference"], unique=False)
    op.create_table(
        "policy_version",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_policy_version")),
    )
    op.create_table(
        "post",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("rights", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("scope", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("office", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
        sa.Column("titles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("never_vacant", sa.Boolean(), nullable=False),
        sa.Column("open_tasks", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_post")),
    )
    op.create_index(op.f("ix_post_office"), "post", ["office"], unique=False)
    op.create_index(op.f("ix_post_role"), "post", ["role"], unique=False)
    op.create_table(
        "sign_in_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_try")),
    )
    op.create_index(op.f("ix_sign_in_try_username"), "sign_in_try", ["username"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("password", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=True),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
    )
    op.create_table(
        "words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_words")),
    )
    op.create_index(op.f("ix_words_reference"), "words", ["reference"], unique=False)
    op.create_table(
        "worker_heartbeat",
        sa.Column("worker", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("healed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_worker_heartbeat")),
    )
    op.create_table(
        "zone",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_zone")),
    )
    op.create_table(
        "connection",
        sa.Column("account", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("consumer_id", sa.Integer(), nullable=False),
        sa.Column("locality", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("feeder", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
        sa.Column("load_kw", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["consumer_id"], ["consumer.id"], name=op.f("fk_connection_consumer_id_consumer")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_connection")),
    )
    op.create_index(op.f("ix_connection_consumer_id"), "connection", ["consumer_id"], unique=False)
    op.create_table(
        "fill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("how", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("roster", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["staff.id"], name=op.f("fk_fill_person_staff")),
        sa.ForeignKeyConstraint(["post"], ["post.code"], name=op.f("fk_fill_post_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fill")),
    )
    op.create_index(op.f("ix_fill_person"), "fill", ["person"], unique=False)
    op.create_index(op.f("ix_fill_post"), "fill", ["post"], unique=False)
    op.create_table(
        "leave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["staff.id"], name=op.f("fk_leave_person_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    op.create_index(op.f("ix_leave_person"), "leave", ["person"], unique=False)
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("consumer_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("post", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("channels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("queued", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["consumer_id"], ["consumer.id"], name=op.f("fk_notification_consumer_id_consumer")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_notification_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("key", name=op.f("uq_notification_key")),
    )
    op.create_index(op.f("ix_notification_reference"), "notification", ["reference"], unique=False)
    op.create_index(
        "ix_notification_staff",
        "notification",
        ["staff_id", "queued"],
        unique=False,
        postgresql_where=sa.text("staff_id is not null"),
    )
    op.create_index(
        "ix_notification_waiting",
        "notification",
        ["next_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "office",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("addresses", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hours", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("area_class", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["zone"], ["zone.code"], name=op.f("fk_office_zone_zone")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_office")),
    )
    op.create_table(
        "service_request",
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("area_class", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("office", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("locality", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
        sa.Column("feeder", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("filed_by", sa.Integer(), nullable=True),
        sa.Column("consumer_id", sa.Integer(), nullable=False),
        sa.Column("words_id", sa.Integer(), nullable=True),
        sa.Column("token", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("safety", sa.Boolean(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("standard", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("standard_calendar", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("standard_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("standard_lapsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expected_reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("expected_missed", sa.Integer(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("put_right_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution_cause", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
        sa.Column("confirm_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("question_number", sa.Integer(), nullable=True),
        sa.Column("question_tries", sa.Integer(), nullable=False),
        sa.Column("question_delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("reopen_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("within_standard", sa.Boolean(), nullable=True),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wake_for", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.Column("proposal", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("offices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("objected", sa.Boolean(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("call_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("call_back_tries", sa.Integer(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contact_refused", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["consumer_id"], ["consumer.id"], name=op.f("fk_service_request_consumer_id_consumer")),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_service_request_words_id_words")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_service_request")),
        sa.UniqueConstraint("token", name=op.f("uq_service_request_token")),
    )
    op.create_index(op.f("ix_service_request_category"), "service_request", ["category"], unique=False)
    op.create_index(op.f("ix_service_request_changed_at"), "service_request", ["changed_at"], unique=False)
    op.create_index(
        "ix_service_request_consumer",
        "service_request",
        ["consumer_id", sa.literal_column("registered_at DESC")],
        unique=False,
    )
    op.create_index(
        "ix_service_request_danger",
        "service_request",
        ["registered_at"],
        unique=False,
        postgresql_where="safety and not over",
    )
    op.create_index(
        "ix_service_request_not_started",
        "service_request",
        ["registered_at"],
        unique=False,
        postgresql_where="started_at is null",
    )
    op.create_index(op.f("ix_service_request_office"), "service_request", ["office"], unique=False)
    op.create_index(
        "ix_service_request_proposed",
        "service_request",
        ["registered_at"],
        unique=False,
        postgresql_where="proposal <> '{}'::jsonb",
    )
    op.create_index(op.f("ix_service_request_registered_at"), "service_request", ["registered_at"], unique=False)
    op.create_index(op.f("ix_service_request_state"), "service_request", ["state"], unique=False)
    op.create_index(
        "ix_service_request_wake_at", "service_request", ["wake_at"], unique=False, postgresql_where="not over"
    )
    op.create_table(
        "slip_code",
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("code_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_slip_code_made_by_staff")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_slip_code")),
    )
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["staff.id"], name=op.f("fk_staff_session_person_staff")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_session")),
    )
    op.create_index(op.f("ix_staff_session_person"), "staff_session", ["person"], unique=False)
    op.create_table(
        "stop_link",
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("consumer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["consumer_id"], ["consumer.id"], name=op.f("fk_stop_link_consumer_id_consumer")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_stop_link")),
    )
    op.create_index(op.f("ix_stop_link_reference"), "stop_link", ["reference"], unique=False)
    op.create_table(
        "submission",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("act", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("post", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("task_id", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("words_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_submission_words_id_words")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
    )
    op.create_index(op.f("ix_submission_reference"), "submission", ["reference"], unique=False)
    op.create_index(
        "ix_submission_unanswered",
        "submission",
        ["received"],
        unique=False,
        postgresql_where=sa.text("answered is null"),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notification_id", sa.Integer(), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender_id", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.Column("receipt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=True),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notification.id"], name=op.f("fk_attempt_notification_id_notification")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_notification_id"), "attempt", ["notification_id"], unique=False)
    op.create_index("ix_attempt_receipt", "attempt", ["channel", "sender_id"], unique=False)
    op.create_table(
        "event",
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded", sa.DateTime(timezone=True), nullable=False),
        sa.Column("task_id", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("post", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("words_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("previous", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["reference"], ["service_request.reference"], name=op.f("fk_event_reference_service_request")
        ),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_event_words_id_words")),
        sa.PrimaryKeyConstraint("reference", "number", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_kind"), "event", ["kind"], unique=False)
    op.create_table(
        "feeder",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("office", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("localities", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_feeder_office_office")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_feeder")),
    )
    op.create_index(op.f("ix_feeder_office"), "feeder", ["office"], unique=False)
    op.create_table(
        "locality",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("office", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pin", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("search", sqlmodel.sql.sqltypes.AutoString(length=600), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_locality_office_office")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_locality")),
    )
    op.create_index(op.f("ix_locality_office"), "locality", ["office"], unique=False)
    op.create_index(
        "ix_locality_search",
        "locality",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search": "gin_trgm_ops"},
    )
    op.create_table(
        "task",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("stage", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("ladder", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("handler", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("answerable", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("answerable_person", sa.Integer(), nullable=True),
        sa.Column("entered", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accept_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offered", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answered", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reminder_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("top_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beyond_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["reference"], ["service_request.reference"], name=op.f("fk_task_reference_service_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(
        "ix_task_queue_answerable", "task", ["answerable", "due"], unique=False, postgresql_where="done_at is null"
    )
    op.create_index(
        "ix_task_queue_handler", "task", ["handler", "due"], unique=False, postgresql_where="done_at is null"
    )
    op.create_index(op.f("ix_task_reference"), "task", ["reference"], unique=False)
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("stops_standard", sa.Boolean(), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("limit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_hold_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_task_id"), "hold", ["task_id"], unique=False)
    op.create_table(
        "lapse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("post", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_lapse_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lapse")),
    )
    op.create_index(op.f("ix_lapse_post"), "lapse", ["post"], unique=False)
    op.create_index(op.f("ix_lapse_reference"), "lapse", ["reference"], unique=False)
    op.create_index(op.f("ix_lapse_task_id"), "lapse", ["task_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_lapse_task_id"), table_name="lapse")
    op.drop_index(op.f("ix_lapse_reference"), table_name="lapse")
    op.drop_index(op.f("ix_lapse_post"), table_name="lapse")
    op.drop_table("lapse")
    op.drop_index(op.f("ix_hold_task_id"), table_name="hold")
    op.drop_table("hold")
    op.drop_index(op.f("ix_task_reference"), table_name="task")
    op.drop_index("ix_task_queue_handler", table_name="task", postgresql_where="done_at is null")
    op.drop_index("ix_task_queue_answerable", table_name="task", postgresql_where="done_at is null")
    op.drop_table("task")
    op.drop_index(
        "ix_locality_search", table_name="locality", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}
    )
    op.drop_index(op.f("ix_locality_office"), table_name="locality")
    op.drop_table("locality")
    op.drop_index(op.f("ix_feeder_office"), table_name="feeder")
    op.drop_table("feeder")
    op.drop_index(op.f("ix_event_kind"), table_name="event")
    op.drop_table("event")
    op.drop_index("ix_attempt_receipt", table_name="attempt")
    op.drop_index(op.f("ix_attempt_notification_id"), table_name="attempt")
    op.drop_table("attempt")
    op.drop_index("ix_submission_unanswered", table_name="submission", postgresql_where=sa.text("answered is null"))
    op.drop_index(op.f("ix_submission_reference"), table_name="submission")
    op.drop_table("submission")
    op.drop_index(op.f("ix_stop_link_reference"), table_name="stop_link")
    op.drop_table("stop_link")
    op.drop_index(op.f("ix_staff_session_person"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_table("slip_code")
    op.drop_index("ix_service_request_wake_at", table_name="service_request", postgresql_where="not over")
    op.drop_index(op.f("ix_service_request_state"), table_name="service_request")
    op.drop_index(op.f("ix_service_request_registered_at"), table_name="service_request")
    op.drop_index(op.f("ix_service_request_office"), table_name="service_request")
    op.drop_index(
        "ix_service_request_danger", table_name="service_request", postgresql_where="safety and not over"
    )
    op.drop_index(
        "ix_service_request_proposed", table_name="service_request", postgresql_where="proposal <> '{}'::jsonb"
    )
    op.drop_index("ix_service_request_not_started", table_name="service_request", postgresql_where="started_at is null")
    op.drop_index("ix_service_request_consumer", table_name="service_request")
    op.drop_index(op.f("ix_service_request_changed_at"), table_name="service_request")
    op.drop_index(op.f("ix_service_request_category"), table_name="service_request")
    op.drop_table("service_request")
    op.drop_table("office")
    op.drop_index("ix_notification_waiting", table_name="notification", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index("ix_notification_staff", table_name="notification", postgresql_where=sa.text("staff_id is not null"))
    op.drop_index(op.f("ix_notification_reference"), table_name="notification")
    op.drop_table("notification")
    op.drop_index(op.f("ix_leave_person"), table_name="leave")
    op.drop_table("leave")
    op.drop_index(op.f("ix_fill_post"), table_name="fill")
    op.drop_index(op.f("ix_fill_person"), table_name="fill")
    op.drop_table("fill")
    op.drop_index(op.f("ix_connection_consumer_id"), table_name="connection")
    op.drop_table("connection")
    op.drop_table("zone")
    op.drop_table("worker_heartbeat")
    op.drop_index(op.f("ix_words_reference"), table_name="words")
    op.drop_table("words")
    op.drop_table("staff")
    op.drop_index(op.f("ix_sign_in_try_username"), table_name="sign_in_try")
    op.drop_table("sign_in_try")
    op.drop_index(op.f("ix_post_role"), table_name="post")
    op.drop_index(op.f("ix_post_office"), table_name="post")
    op.drop_table("post")
    op.drop_table("policy_version")
    op.drop_index(op.f("ix_one_time_code_reference"), table_name="one_time_code")
    op.drop_table("one_time_code")
    op.drop_table("names")
    op.drop_index(op.f("ix_missed_address"), table_name="missed")
    op.drop_table("missed")
    op.drop_table("idempotency_key")
    op.drop_table("edition")
    op.drop_table("draft")
    op.drop_index(op.f("ix_consumer_session_reference"), table_name="consumer_session")
    op.drop_table("consumer_session")
    op.drop_index(op.f("ix_consumer_phone"), table_name="consumer")
    op.drop_index(
        "ix_consumer_name", table_name="consumer", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}
    )
    op.drop_index(op.f("ix_consumer_account"), table_name="consumer")
    op.drop_table("consumer")
    op.drop_index(op.f("ix_audit_what"), table_name="audit")
    op.drop_table("audit")
    op.drop_index(op.f("ix_answer_link_reference"), table_name="answer_link")
    op.drop_table("answer_link")
