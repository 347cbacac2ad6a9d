"""Run revisions on the connection that `migrate` holds, inside its transaction."""

from alembic import context

from dillo.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
