"""The gateway as a whole (design: house)."""
