"""Interactions of the FHIR API that change something: they take the same steps as a message, and end in one commit."""
