-- What has ended is found by its end, to be removed when it has been kept for long enough.

CREATE INDEX approvals_ended ON approvals (resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX info_requests_ended ON info_requests (resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX discussion_runs_ended ON discussion_runs (ended_at) WHERE ended_at IS NOT NULL;
