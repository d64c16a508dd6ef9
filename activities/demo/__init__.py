"""Demo data: consumers with accounts, and requests whose histories the real rules have made."""
