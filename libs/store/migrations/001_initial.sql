-- Facts of one service in the past tense; seq is dense per feed.
CREATE TABLE event_log (
  feed VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq BIGINT UNSIGNED NOT NULL,
  type VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject VARCHAR(128) NOT NULL,
  occurred_at DATETIME(3) NOT NULL,
  payload_type VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  correlation_id VARBINARY(64) NOT NULL,
  causation_id VARBINARY(64) NOT NULL,
  payload MEDIUMBLOB NOT NULL,
  PRIMARY KEY (feed, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The last number given out. Its row is locked by the transaction that appends.
CREATE TABLE feed_counter (
  feed VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  last_seq BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (feed)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How far this service has applied the feeds of others.
CREATE TABLE feed_position (
  feed VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (feed)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The first answer to each key.
CREATE TABLE idempotency (
  idem_key VARBINARY(64) NOT NULL,
  request_type VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reply MEDIUMBLOB NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (idem_key),
  KEY created_at (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The rehearsed time of a deployment: one row.
CREATE TABLE suite_clock (
  id TINYINT UNSIGNED NOT NULL,
  now_utc DATETIME(3) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
