"""Data at rest: what a record, a term and a date look like in a database whose file tells nothing of a person."""
