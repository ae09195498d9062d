"""Adapter `delimited`: tables as text, separated or of fixed width (RFC 4180)."""

from gateway.adapters.delimited.codec import codec

__all__ = ["codec"]
