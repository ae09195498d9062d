"""Codecs: bytes <-> trees, one folder each, none knows another."""
