"""Paying a demand note: its page, its sheet, and the way to the bank."""
