"""Consent that no message brings: written by hand, opened in an emergency, run out."""
