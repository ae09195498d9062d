"""Who exists, on which roads they are reached, and who is responsible for a place and a concern."""
