"""Roads: bytes in, bytes out, one folder each; none knows a format or another road."""
