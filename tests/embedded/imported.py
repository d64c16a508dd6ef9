"""What the commands import when they are called: imported once, and the tables made known, for all that are forked from here."""

from __future__ import annotations

import gc

import alembic.command
import psycopg
import rich.progress
import sqlalchemy.dialects.postgresql.psycopg
import sqlalchemy.orm

import cli
import embedded.backup
import embedded.postgres
import embedded.restore
import models.audit
import models.first_start
import models.foretelling
import models.import_consumers
import models.import_officers
import models.import_requests
import models.passwords
import models.policy_proposals
import models.policy_versions
import models.retiming
import models.waiting

__all__ = ["alembic", "cli", "embedded", "models", "psycopg", "rich", "sqlalchemy"]

sqlalchemy.orm.configure_mappers()
gc.freeze()
