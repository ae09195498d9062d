"""Where each value of a stored resource came from: from which message by which rule, or from whom."""
