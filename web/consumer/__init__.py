"""Pages of those who ask: find a request, file one, follow it, answer."""
