"""Who may see what, and why: policies, consents, decisions, projections; pure."""
