"""Kümmerer Gateway: translates between FHIR R4 and the formats of clinics, care services and offices."""

__version__ = "0.1.0"
