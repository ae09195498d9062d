"""The people who work with the gateway: accounts, what their roles may, how they come in (NIST SP 800-63B)."""
