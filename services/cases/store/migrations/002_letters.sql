-- Tasks of townships at a household: what another county's letter asked and no registry can know.
-- `reference` is the asking service's: the same one twice is one task. `next_at` is when the task
-- falls due; null when time does nothing more to it. The child's name stays in the letter.
CREATE TABLE household_task (
  task_id BIGINT NOT NULL AUTO_INCREMENT,
  reference VARCHAR(100) NOT NULL,
  conversation VARCHAR(64) NOT NULL,
  purpose VARCHAR(32) NOT NULL,
  asker VARCHAR(12) NOT NULL,
  asker_name VARCHAR(200) NOT NULL,
  document_no VARCHAR(100) NOT NULL,
  letter_kind INT NOT NULL,
  person_id BIGINT NOT NULL,
  town VARCHAR(200) NOT NULL,
  text VARCHAR(2000) NOT NULL,
  owner_level VARCHAR(100) NOT NULL,
  owner_body VARCHAR(200) NOT NULL,
  owner_person_id VARCHAR(100) NOT NULL,
  owner_person VARCHAR(200) NOT NULL,
  owner_role VARCHAR(64) NOT NULL,
  wanted_at DATETIME(3) NOT NULL,
  due_at DATETIME(3) NOT NULL,
  next_at DATETIME(3) NULL,
  ended_at DATETIME(3) NULL,
  state VARCHAR(12) NOT NULL,
  letter_over TINYINT NOT NULL,
  version INT NOT NULL,
  PRIMARY KEY (task_id),
  UNIQUE KEY uk_reference (reference),
  KEY ix_conversation (conversation),
  KEY ix_next (next_at),
  KEY ix_state (state, due_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What was found, visit by visit; a later one corrects the earlier. Never updated, never deleted.
CREATE TABLE household_visit (
  task_id BIGINT NOT NULL,
  number INT NOT NULL,
  at DATETIME(3) NOT NULL,
  recorded_at DATETIME(3) NOT NULL,
  outcome VARCHAR(32) NOT NULL,
  actor_person_id VARCHAR(100) NOT NULL,
  actor_name VARCHAR(200) NOT NULL,
  actor_role VARCHAR(64) NOT NULL,
  actor_body VARCHAR(200) NOT NULL,
  details MEDIUMTEXT NOT NULL,
  PRIMARY KEY (task_id, number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
