"""The secure link: how a party without a system sees its part of a case and answers."""
