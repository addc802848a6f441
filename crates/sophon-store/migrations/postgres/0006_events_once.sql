-- Events are stored once, with the version of their encoding, and beside them under which topics they are found. What is
-- removed is the oldest, so that neither table needs an index more.

ALTER TABLE events RENAME TO events_by_topic;
ALTER INDEX events_pkey RENAME TO events_by_topic_pkey;
CREATE TABLE events (
    number BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    topics TEXT NOT NULL,
    event TEXT NOT NULL
);
CREATE TABLE event_topics (
    topic TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (topic, number)
);
INSERT INTO events (number, at, version, topics, event)
    SELECT seq, min(at), 1, json_agg(topic)::text, min(event::text) FROM events_by_topic GROUP BY seq;
INSERT INTO event_topics (topic, number) SELECT topic, seq FROM events_by_topic;
DROP TABLE events_by_topic;

-- Numbers above `last` and below `above` were given, if at all, in a history that was lost.
CREATE TABLE event_epochs (
    above BIGINT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);
-- Up to which number events were removed.
INSERT INTO sequence (name, next)
    SELECT 'events_removed', COALESCE((SELECT min(number) FROM events), next) - 1 FROM sequence WHERE name = 'events';
