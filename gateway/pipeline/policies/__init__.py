"""Policies as files: read, checked, and shown for a case."""
