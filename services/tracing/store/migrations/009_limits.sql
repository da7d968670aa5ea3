-- What each county is to us: whether we slow it or shut it out, whether it has fallen silent, and
-- what has been told of it. A restart reads it, so nobody is forgiven by one.
CREATE TABLE peer_stand (
  division INT UNSIGNED NOT NULL,
  stand TINYINT UNSIGNED NOT NULL,
  stand_since DATETIME(3) NULL,
  reason VARCHAR(100) NOT NULL,
  silent_since DATETIME(3) NULL,
  heard_at DATETIME(3) NULL,
  key_end_told DATETIME(3) NULL,
  PRIMARY KEY (division)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Incoming letters that the machine could not look up: when it tries again. No row: at once.
CREATE TABLE look_up (
  conversation_id BINARY(16) NOT NULL,
  tries INT NOT NULL,
  since DATETIME(3) NOT NULL,
  next_at DATETIME(3) NOT NULL,
  error VARCHAR(500) NOT NULL,
  PRIMARY KEY (conversation_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How many letters of a county wait for our answer is counted whenever it begins another one.
CREATE INDEX ix_owed ON conversation (peer, asker, state);
