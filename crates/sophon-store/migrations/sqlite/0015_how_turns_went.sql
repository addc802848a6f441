-- Where in its answer a tool was called. Of calls from before nobody knows: they stand before the text.
ALTER TABLE tool_calls ADD COLUMN text_offset INTEGER NOT NULL DEFAULT 0;

-- How the turn of a session ended that ended last.
ALTER TABLE sessions ADD COLUMN last_outcome TEXT;
