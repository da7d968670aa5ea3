-- A member behind a relay gets our file into its mailbox: how often the newest one was put there
-- without a word of it having been taken. 0: not there.
-- `refused`: why the member has said that it does not take it.
ALTER TABLE directory_told
  ADD COLUMN deposits INT NOT NULL DEFAULT 0,
  ADD COLUMN refused VARCHAR(64) NOT NULL DEFAULT '';
