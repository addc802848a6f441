-- Events are stored once, with the version of their encoding, and beside them under which topics they are found. What is
-- removed is the oldest, so that neither table needs an index more.

ALTER TABLE events RENAME TO events_by_topic;
CREATE TABLE events (
    number INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    topics TEXT NOT NULL,
    event TEXT NOT NULL
);
CREATE TABLE event_topics (
    topic TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (topic, number)
) WITHOUT ROWID;
INSERT INTO events (number, at, version, topics, event)
    SELECT seq, min(at), 1, json_group_array(topic), min(event) FROM events_by_topic GROUP BY seq;
INSERT INTO event_topics (topic, number) SELECT topic, seq FROM events_by_topic;
DROP TABLE events_by_topic;

-- Numbers above `last` and below `above` were given, if at all, in a history that was lost.
CREATE TABLE event_epochs (
    above INTEGER NOT NULL PRIMARY KEY,
    last INTEGER NOT NULL
);
-- Up to which number events were removed.
INSERT INTO sequence (name, next)
    SELECT 'events_removed', COALESCE((SELECT min(number) FROM events), next) - 1 FROM sequence WHERE name = 'events';
