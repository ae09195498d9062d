"""The rights of the person (GDPR, chapter III): restriction, deletion, and a copy of what is kept and was shown."""
