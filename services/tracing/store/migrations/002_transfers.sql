-- A transfer that is watched: out until the child is known to have arrived, in until the origin has
-- done its part. One row for each change of the registry (student and version). `wake_at`: when a
-- day ends for somebody; `letter_at`: when our letter is to be written; null: not.
CREATE TABLE transfer_watch (
  watch_id BIGINT NOT NULL AUTO_INCREMENT,
  direction TINYINT UNSIGNED NOT NULL,
  state TINYINT UNSIGNED NOT NULL,
  student_id BIGINT NOT NULL,
  change_version INT NOT NULL,
  student_name VARCHAR(200) NOT NULL,
  other_division INT UNSIGNED NOT NULL,
  other_school VARCHAR(200) NOT NULL,
  own_school VARCHAR(32) NOT NULL,
  began DATE NOT NULL,
  arrive_by DATE NULL,
  arrived_on DATE NULL,
  was_missing TINYINT NOT NULL,
  is_open TINYINT NOT NULL,
  is_overdue TINYINT NOT NULL,
  conversation_id BINARY(16) NULL,
  letter_at DATETIME(3) NULL,
  letter_problem VARCHAR(300) NOT NULL,
  reply_code SMALLINT UNSIGNED NOT NULL,
  last_paid_term VARCHAR(32) NOT NULL,
  last_paid_fen BIGINT NOT NULL,
  wake_at DATETIME(3) NULL,
  version INT NOT NULL,
  PRIMARY KEY (watch_id),
  UNIQUE KEY uq_change (student_id, change_version),
  KEY ix_conversation (conversation_id),
  KEY ix_wake (wake_at),
  KEY ix_letter (letter_at),
  KEY ix_state (direction, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The four parties of a watch.
CREATE TABLE transfer_party (
  watch_id BIGINT NOT NULL,
  party TINYINT UNSIGNED NOT NULL,
  due DATE NOT NULL,
  running TINYINT NOT NULL,
  overdue TINYINT NOT NULL,
  done_on DATE NULL,
  done_by VARCHAR(200) NOT NULL,
  how TINYINT UNSIGNED NOT NULL,
  PRIMARY KEY (watch_id, party)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What happened to a watch, in order. actor: person, name, role, body, tab between; empty: the
-- machine.
CREATE TABLE transfer_history (
  watch_id BIGINT NOT NULL,
  entry_no INT NOT NULL,
  at DATETIME(3) NOT NULL,
  kind VARCHAR(32) NOT NULL,
  text VARCHAR(500) NOT NULL,
  actor VARCHAR(500) NOT NULL,
  PRIMARY KEY (watch_id, entry_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Letters of other counties that a watch may be concerned by: those that have just come (waits 0),
-- and those that ask about a child who has not arrived yet (waits 1).
CREATE TABLE transfer_letter (
  conversation_id BINARY(16) NOT NULL,
  waits TINYINT NOT NULL,
  student_name VARCHAR(200) NOT NULL,
  look_at DATETIME(3) NOT NULL,
  PRIMARY KEY (conversation_id, waits),
  KEY ix_look (look_at),
  KEY ix_name (waits, student_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
