"""What is kept of a message for those who ask later: who did what, from which message, by which maps, told to whom."""
