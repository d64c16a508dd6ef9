"""What we do: objects with their dependencies in the constructor."""
