//! SQL for SQLite and PostgreSQL behind the ports of the model
