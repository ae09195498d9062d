"""The path of a message; today its translation, bytes to bytes."""
