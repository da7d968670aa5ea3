-- 「这孩子在哪里」: our questions. `question` is the signed question without its addressee, sealed at
-- rest, because whoever reads nonce and mark can try identity numbers against them; empty before it
-- is approved. People: person, name, role, body, tab between.
CREATE TABLE where_question (
  question_id BINARY(16) NOT NULL,
  state TINYINT UNSIGNED NOT NULL,
  student_id BIGINT NOT NULL,
  case_id BIGINT NOT NULL,
  student_name VARCHAR(200) NOT NULL,
  id_masked VARCHAR(32) NOT NULL,
  province INT UNSIGNED NOT NULL,
  reason VARCHAR(1000) NOT NULL,
  asked_by VARCHAR(500) NOT NULL,
  asked_at DATETIME(3) NOT NULL,
  decided_by VARCHAR(500) NOT NULL,
  decided_at DATETIME(3) NULL,
  decision_text VARCHAR(1000) NOT NULL,
  expires_at DATETIME(3) NULL,
  question VARBINARY(2000) NOT NULL,
  PRIMARY KEY (question_id),
  KEY ix_asked (asked_at),
  KEY ix_student (student_id, asked_at),
  KEY ix_expires (state, expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Whom a question was put to, those left out as well, and what each answered (BlindAnswer as
-- signed). `next_at`: when it is asked again; null: nothing more is due from it.
CREATE TABLE where_member (
  question_id BINARY(16) NOT NULL,
  division INT UNSIGNED NOT NULL,
  state TINYINT UNSIGNED NOT NULL,
  reason VARCHAR(64) NOT NULL,
  attempts INT NOT NULL,
  next_at DATETIME(3) NULL,
  answered_at DATETIME(3) NULL,
  answer VARBINARY(1000) NOT NULL,
  letter VARBINARY(16) NOT NULL,
  PRIMARY KEY (question_id, division),
  KEY ix_next (next_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What other counties asked us: the same question again gets the stored answer.
CREATE TABLE where_asked (
  asker INT UNSIGNED NOT NULL,
  question_id BINARY(16) NOT NULL,
  question_hash BINARY(32) NOT NULL,
  approved_by VARCHAR(500) NOT NULL,
  first_at DATETIME(3) NOT NULL,
  last_at DATETIME(3) NOT NULL,
  times INT NOT NULL,
  is_here TINYINT NOT NULL,
  student_id BIGINT NOT NULL,
  answer VARBINARY(1000) NOT NULL,
  PRIMARY KEY (asker, question_id),
  KEY ix_first (asker, first_at),
  KEY ix_at (first_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How often another county's questions were not answered, by reason and day.
CREATE TABLE where_refusal (
  asker INT UNSIGNED NOT NULL,
  day DATE NOT NULL,
  reason VARCHAR(64) NOT NULL,
  times INT NOT NULL,
  PRIMARY KEY (asker, day, reason)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Sealed bytes in mailboxes: those of counties that we relay for, and our own (what came through a
-- relay, or was handed in at our door, until it is dealt with; `next_at` is for these alone).
CREATE TABLE relay_parcel (
  mailbox INT UNSIGNED NOT NULL,
  parcel_id BINARY(16) NOT NULL,
  depositor INT UNSIGNED NOT NULL,
  sealed MEDIUMBLOB NOT NULL,
  bytes INT UNSIGNED NOT NULL,
  stored_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  next_at DATETIME(3) NULL,
  attempts INT NOT NULL,
  PRIMARY KEY (mailbox, parcel_id),
  KEY ix_stored (mailbox, stored_at, parcel_id),
  KEY ix_depositor (depositor),
  KEY ix_expires (expires_at),
  KEY ix_next (next_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What passed through each mailbox from each depositor, and what was lost there by age.
CREATE TABLE relay_tally (
  mailbox INT UNSIGNED NOT NULL,
  depositor INT UNSIGNED NOT NULL,
  stored BIGINT UNSIGNED NOT NULL,
  collected BIGINT UNSIGNED NOT NULL,
  expired BIGINT UNSIGNED NOT NULL,
  refused BIGINT UNSIGNED NOT NULL,
  last_stored_at DATETIME(3) NULL,
  last_collected_at DATETIME(3) NULL,
  last_expired_at DATETIME(3) NULL,
  PRIMARY KEY (mailbox, depositor)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Our own mailbox at a relay: when it is looked into next.
CREATE TABLE relay_poll (
  relay INT UNSIGNED NOT NULL,
  next_at DATETIME(3) NOT NULL,
  last_ok_at DATETIME(3) NULL,
  error VARCHAR(300) NOT NULL,
  fetched BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (relay)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
