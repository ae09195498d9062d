"""What has to happen by when is watched, and whoever should have acted hears of it (workflow.md, "Timers")."""
