"""Consent as it lives: given, changed, withdrawn; what follows of it; the recall of what was shown; emergencies."""
