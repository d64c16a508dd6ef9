"""Tables of cases and properties of the rules."""
