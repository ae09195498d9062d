"""Subscriptions: what may be subscribed to, and who wants to hear of what."""
