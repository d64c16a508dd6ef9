"""The public API: what other systems may ask and send, described by OpenAPI."""
