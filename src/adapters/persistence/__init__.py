"""The store in SQLite and PostgreSQL: tables, rows to values and back, migrations."""
