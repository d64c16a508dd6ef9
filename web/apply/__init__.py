"""Applying for a connection or a change of one: one question a page, documents as a list, sent once."""
