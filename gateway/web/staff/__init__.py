"""The pages for those who work with the gateway: one door, and for each role its desk."""
