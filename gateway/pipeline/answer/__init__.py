"""What the sender and those concerned hear, and in which manner."""
