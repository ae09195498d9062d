"""FHIR R4 as a format's codec: JSON and XML, lone resources and Bundles <-> resource trees."""

from gateway.adapters.fhir.codec import codec

__all__ = ["codec"]
