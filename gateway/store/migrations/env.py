"""How Alembic reaches the database: by the engine it was handed, all steps in one transaction."""

from alembic import context

from gateway.store.schema import metadata

with context.config.attributes["engine"].begin() as connection:
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=False)
    context.run_migrations()
