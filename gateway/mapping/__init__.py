"""The mapping language: rules between a format's trees and canonical FHIR, parsed, checked, compiled and run."""
