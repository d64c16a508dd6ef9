"""Sheets of paper: demand notes and certificates as PDFs, made from values alone."""
