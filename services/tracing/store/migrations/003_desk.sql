-- What the look-up found for an incoming letter that a person answers: why, who of the school-age
-- list, which county is suggested, and candidates (sealed: they name children).
CREATE TABLE desk_slip (
  conversation_id BINARY(16) NOT NULL,
  person_id BIGINT NOT NULL,
  town VARCHAR(200) NOT NULL,
  why VARCHAR(1000) NOT NULL,
  suggested_forward INT UNSIGNED NOT NULL,
  candidates MEDIUMBLOB NOT NULL,
  made_at DATETIME(3) NOT NULL,
  PRIMARY KEY (conversation_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Visits of townships that are put into an answer; `next_at` is null once they are, so that the
-- same news of a visit again changes nothing.
CREATE TABLE household_answer (
  conversation_id BINARY(16) NOT NULL,
  task_id BIGINT NOT NULL,
  visit INT NOT NULL,
  next_at DATETIME(3) NULL,
  attempts INT NOT NULL,
  error VARCHAR(500) NOT NULL,
  PRIMARY KEY (conversation_id, task_id, visit),
  KEY ix_next (next_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Letters that another one brings about: to the third county that was named (onward), to the common
-- superior (copy). `next_at` is when the machine writes it; null: it waits for an officer, or is
-- written. One row is one letter.
CREATE TABLE machine_letter (
  conversation_id BINARY(16) NOT NULL,
  kind VARCHAR(12) NOT NULL,
  seq INT UNSIGNED NOT NULL,
  to_division INT UNSIGNED NOT NULL,
  state VARCHAR(12) NOT NULL,
  written BINARY(16) NULL,
  why VARCHAR(500) NOT NULL,
  next_at DATETIME(3) NULL,
  PRIMARY KEY (conversation_id, kind, seq),
  KEY ix_next (next_at),
  KEY ix_state (state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
