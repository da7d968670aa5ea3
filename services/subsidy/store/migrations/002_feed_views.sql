-- Counts and hashes of the feed for each view of it: a role that sees only some fields proves with
-- the hashes of what it gets. The empty view is the whole feed.
ALTER TABLE feed_day
  ADD COLUMN view_id VARCHAR(64) NOT NULL DEFAULT '' FIRST,
  DROP PRIMARY KEY,
  ADD PRIMARY KEY (view_id, day);
