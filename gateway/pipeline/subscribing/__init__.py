"""Subscriptions: what may be subscribed to, who wants to hear of a change, how their status changes."""
