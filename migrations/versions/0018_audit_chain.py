"""the audit can only grow, and each entry carries the hash of the one before it

Revision ID: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

HASH = """encode(sha256(convert_to(jsonb_build_array(
    one.id, to_char(one.at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), one.person, one.what, one.subject,
    one.before, one.after, one.note, one.place, one.previous)::text, 'UTF8')), 'hex')"""

LINKED = f"""
create function audit_linked() returns trigger language plpgsql as $$
declare
    last record;
    one audit;
begin
    perform pg_advisory_xact_lock(7405018);
    select place, hash into last from audit where place is not null order by place desc limit 1;
    one := new;
    one.place := coalesce(last.place, 0) + 1;
    one.previous := coalesce(last.hash, '');
    update audit set place = one.place, previous = one.previous, hash = {HASH} where id = one.id;
    return null;
end $$
"""

KEPT = """
create function audit_kept() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.place is null and
        to_jsonb(new) - '{place,previous,hash}'::text[] = to_jsonb(old) - '{place,previous,hash}'::text[] then
        return new;
    end if;
    raise exception 'the audit can only grow';
end $$
"""


def upgrade() -> None:
    """Bring the schema to this version; what is there already becomes the chain's beginning, in its order."""
    op.add_column("audit", sa.Column("place", sa.BigInteger(), nullable=True))
    for name in ("previous", "hash"):
        op.add_column(
            "audit", sa.Column(name, sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False, server_default="")
        )
        op.alter_column("audit", name, server_default=None)
    op.create_index("ix_audit_place", "audit", ["place"], unique=True)
    op.execute(LINKED)
    op.execute(KEPT)
    op.execute(
        f"""
        do $$
        declare
            one audit;
            last text := '';
            reached bigint := 0;
        begin
            for one in select * from audit order by id loop
                reached := reached + 1;
                one.place := reached;
                one.previous := last;
                last := {HASH};
                update audit set place = one.place, previous = one.previous, hash = last where id = one.id;
            end loop;
        end $$
        """
    )
    op.execute(
        "create constraint trigger audit_linked after insert on audit"
        " deferrable initially deferred for each row execute function audit_linked()"
    )
    op.execute("create trigger audit_kept before update or delete on audit for each row execute function audit_kept()")
    op.execute("create trigger audit_whole before truncate on audit for each statement execute function audit_kept()")


def downgrade() -> None:
    """Take it back: the chain is lost."""
    for name in ("audit_linked", "audit_kept", "audit_whole"):
        op.execute(f"drop trigger {name} on audit")
    op.execute("drop function audit_linked()")
    op.execute("drop function audit_kept()")
    op.drop_index("ix_audit_place", "audit")
    for name in ("place", "previous", "hash"):
        op.drop_column("audit", name)
