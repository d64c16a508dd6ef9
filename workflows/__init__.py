"""What happens: one file a story, and what they share."""
