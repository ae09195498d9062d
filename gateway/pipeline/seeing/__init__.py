"""What a partner may see of what is stored, and refer to (workflow.md, CT)."""
