"""The agreement with a person as people read it: its parts, what changed, who agreed, what it replaces."""
