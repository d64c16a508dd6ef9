"""Stories as people live them: real pages in Chromium."""
