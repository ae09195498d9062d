"""Resources between a message and the store: under which name, found by which terms, seen how."""
