"""Run revisions on the connection that `migrate` holds.

On SQLite all of them run in its one transaction; on PostgreSQL each is committed, so that none
holds its locks longer than it must.
"""

from alembic import context

from dillo.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transactional_ddl=True,
    transaction_per_migration=connection.dialect.name == "postgresql",
)
context.run_migrations()
