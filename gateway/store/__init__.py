"""The durable core: journal, resources, outbox, evidence, audit."""
