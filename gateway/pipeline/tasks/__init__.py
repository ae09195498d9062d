"""A Task of a case: which case it belongs to, whose it is, how far it is, how it moves."""
