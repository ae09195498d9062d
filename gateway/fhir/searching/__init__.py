"""Search (chapter 3.1.1): what a resource is found by, and what a query string asks for."""
