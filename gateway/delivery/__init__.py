"""Delivery: what waits in the outbox is sent, in order per lane, until it arrived or a person must look."""
