"""The page of the secure link: one neutral door, one part of a case, a few answers."""
