"""The FHIR R4 interface over HTTP (chapter 3.1): reading, searching, changing, operations."""
