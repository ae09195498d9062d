"""Whom a commit concerns: the events of a Subscription, its status, the worker that tells its subscriber."""
