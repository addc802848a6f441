-- The gateways that serve on this database, each with its last sign of life.
CREATE TABLE gateways (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    is_draining BOOLEAN NOT NULL,
    backplane_connected BOOLEAN,
    missing_events INTEGER NOT NULL,
    leases INTEGER NOT NULL
);
