"""FHIR R4: lossless JSON and XML, the element table, Bundles, validation, the typed edge."""
