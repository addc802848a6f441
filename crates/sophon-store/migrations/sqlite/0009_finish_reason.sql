-- Why the text of an answer ends where it ends.
ALTER TABLE messages ADD COLUMN finish_reason TEXT;
