-- One row per conversation with another county: the protocol's whole state in `body`, and beside it
-- what is asked for. `wake_at`: when time alone makes something happen; null: never.
CREATE TABLE conversation (
  conversation_id BINARY(16) NOT NULL,
  asker TINYINT NOT NULL,
  peer INT UNSIGNED NOT NULL,
  kind TINYINT UNSIGNED NOT NULL,
  state TINYINT UNSIGNED NOT NULL,
  desk TINYINT UNSIGNED NOT NULL,
  stuck TINYINT UNSIGNED NOT NULL,
  stuck_since DATETIME(3) NULL,
  is_over TINYINT NOT NULL,
  waiting TINYINT NOT NULL,
  suite TINYINT UNSIGNED NOT NULL,
  case_id BIGINT NOT NULL,
  student_id BIGINT NOT NULL,
  student_name VARCHAR(200) NOT NULL,
  id_masked VARCHAR(32) NOT NULL,
  document_no VARCHAR(64) NOT NULL,
  reply_by DATE NULL,
  wake_at DATETIME(3) NULL,
  opened_at DATETIME(3) NOT NULL,
  version INT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  draft MEDIUMBLOB NOT NULL,
  PRIMARY KEY (conversation_id),
  KEY ix_wake (wake_at),
  KEY ix_desk (desk),
  KEY ix_peer (peer, is_over),
  KEY ix_case (case_id),
  KEY ix_opened (opened_at, conversation_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The items of both sides as their authors serialised and signed them, the bytes sealed at rest
-- (they hold an identity number), and the receipt for each. Never updated but for the receipt.
CREATE TABLE item (
  conversation_id BINARY(16) NOT NULL,
  by_asker TINYINT NOT NULL,
  seq INT UNSIGNED NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  receipt BLOB NOT NULL,
  PRIMARY KEY (conversation_id, by_asker, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The last document number of a year.
CREATE TABLE numbering (
  year INT NOT NULL,
  last_number INT NOT NULL,
  PRIMARY KEY (year)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The signed files of the directory that are believed, one per issuer.
CREATE TABLE directory_file (
  issuer CHAR(6) NOT NULL,
  serial BIGINT UNSIGNED NOT NULL,
  content MEDIUMBLOB NOT NULL,
  fingerprint VARCHAR(100) NOT NULL,
  imported_at DATETIME(3) NOT NULL,
  imported_by VARCHAR(100) NOT NULL,
  PRIMARY KEY (issuer)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What cases must be told: written with the decision, deleted when cases has answered.
CREATE TABLE case_note (
  note_id BIGINT NOT NULL AUTO_INCREMENT,
  conversation_id BINARY(16) NOT NULL,
  case_id BIGINT NOT NULL,
  idem_key BINARY(16) NOT NULL,
  text TEXT NOT NULL,
  actor_person_id VARCHAR(100) NOT NULL,
  actor_name VARCHAR(200) NOT NULL,
  actor_role VARCHAR(64) NOT NULL,
  actor_body VARCHAR(200) NOT NULL,
  attempts INT NOT NULL,
  next_at DATETIME(3) NOT NULL,
  error VARCHAR(500) NOT NULL,
  PRIMARY KEY (note_id),
  KEY ix_next (next_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
