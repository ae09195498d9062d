"""What an entrance must never do."""


class Finding(Exception):  # noqa: N818 - it is what was looked for
    """An entrance did what it must not, in words."""
