"""The road through a folder: files that partners put down for us, and files that we put down for them."""
