"""What stands in for the real parties of the demo: own small programs that know the standards, not the gateway."""
