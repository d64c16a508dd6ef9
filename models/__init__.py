"""What we remember: tables, each with its named questions beside it."""
