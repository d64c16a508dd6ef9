"""The one-command stack: children, PostgreSQL, Temporal, messages and the supervisor that keeps them."""
