"""Saved histories of every workflow: what runs today must go on under tomorrow's code."""
