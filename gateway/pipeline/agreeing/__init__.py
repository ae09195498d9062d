"""Consent that changes: who writes it, what each recipient loses or gains by it, the recall of what was shown."""
