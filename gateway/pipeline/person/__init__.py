"""Who a message is about: persons compared, kept, laid over each other and merged."""
