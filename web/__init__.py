"""What people see: thin handlers by persona, one template a page."""
