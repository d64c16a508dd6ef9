"""What people read and hear, in their language: texts, instants as spoken, and the story of a request."""
