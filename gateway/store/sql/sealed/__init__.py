"""What sealed records and words mean for statements: whose key, what is searched, what is sealed anew."""
