"""The channel ladder: what does not get through on one road of a partner, or stays unread there, goes by the next."""
