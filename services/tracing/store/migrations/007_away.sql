-- Children of ours who live elsewhere. What the rules ask for stands in columns, the rest of the
-- personal data is sealed; `child_key` is the blind index of the identity number (of name and
-- birthday without one). `due_at`: when time makes something happen; null: never.
CREATE TABLE away_child (
  away_id BIGINT NOT NULL AUTO_INCREMENT,
  child_key BINARY(16) NOT NULL,
  name VARCHAR(200) NOT NULL,
  birth DATE NULL,
  id_masked VARCHAR(32) NOT NULL,
  person_id BIGINT NOT NULL,
  student_id BIGINT NOT NULL,
  town VARCHAR(200) NOT NULL,
  why VARCHAR(64) NOT NULL,
  division INT UNSIGNED NOT NULL,
  school VARCHAR(200) NOT NULL,
  school_since DATE NULL,
  left_on DATE NOT NULL,
  state TINYINT UNSIGNED NOT NULL,
  listed_on DATE NOT NULL,
  proof_until DATE NULL,
  asked_on DATE NULL,
  visited_on DATE NULL,
  missing_on DATE NULL,
  ask_again TINYINT NOT NULL,
  asks INT NOT NULL,
  letters INT NOT NULL,
  conversation_id BINARY(16) NULL,
  look TINYINT NOT NULL,
  origin VARCHAR(200) NOT NULL,
  due_at DATETIME(3) NULL,
  version INT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (away_id),
  UNIQUE KEY ux_child (child_key),
  KEY ix_due (due_at),
  KEY ix_look (look),
  KEY ix_name (name),
  KEY ix_conversation (conversation_id),
  KEY ix_state (state, town)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Every step of such a row, append-only.
CREATE TABLE away_history (
  away_id BIGINT NOT NULL,
  version INT NOT NULL,
  at DATETIME(3) NOT NULL,
  kind VARCHAR(32) NOT NULL,
  text VARCHAR(2000) NOT NULL,
  actor_person_id VARCHAR(100) NOT NULL,
  actor_name VARCHAR(200) NOT NULL,
  actor_role VARCHAR(64) NOT NULL,
  actor_body VARCHAR(200) NOT NULL,
  conversation_id BINARY(16) NULL,
  PRIMARY KEY (away_id, version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Visits of townships to these families, as cases tells them; `next_at` is null once what was found
-- stands in the row.
CREATE TABLE away_answer (
  task_id BIGINT NOT NULL,
  visit INT NOT NULL,
  away_id BIGINT NOT NULL,
  next_at DATETIME(3) NULL,
  attempts INT NOT NULL,
  error VARCHAR(500) NOT NULL,
  PRIMARY KEY (task_id, visit),
  KEY ix_next (next_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Cases of students whose dropout is confirmed, from the feed of cases, and the letter that hands
-- their file to the household's county. `stand`: 1 waits for the term's end, 2 no other county's
-- child, 3 letter written, 4 taken over, 5 the case went on before, 6 an officer must look.
CREATE TABLE hand_over (
  case_id BIGINT NOT NULL,
  student_id BIGINT NOT NULL,
  state VARCHAR(8) NOT NULL,
  since DATE NOT NULL,
  is_confirmed TINYINT NOT NULL,
  stand TINYINT UNSIGNED NOT NULL,
  household INT UNSIGNED NOT NULL,
  conversation_id BINARY(16) NULL,
  note VARCHAR(500) NOT NULL,
  persuasions INT NOT NULL,
  due_at DATETIME(3) NULL,
  version INT NOT NULL,
  PRIMARY KEY (case_id),
  KEY ix_due (due_at),
  KEY ix_stand (stand)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
