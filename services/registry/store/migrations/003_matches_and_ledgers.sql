-- One run of 人籍比对: running, done, failed.
CREATE TABLE reconciliation (
  run_id BIGINT NOT NULL,
  batch_id BIGINT NOT NULL,
  on_day DATE NOT NULL,
  state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  actor VARCHAR(500) NOT NULL,
  started_at DATETIME(3) NOT NULL,
  millis BIGINT NOT NULL,
  people BIGINT NOT NULL,
  students BIGINT NOT NULL,
  needs_decision BIGINT NOT NULL,
  counts TEXT NOT NULL,
  error VARCHAR(500) NOT NULL,
  PRIMARY KEY (run_id),
  KEY state_of_run (state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE match_result (
  match_id BIGINT NOT NULL,
  run_id BIGINT NOT NULL,
  match_class TINYINT NOT NULL,
  person_id BIGINT NOT NULL,
  student_id BIGINT NOT NULL,
  score SMALLINT NOT NULL,
  needs_decision TINYINT NOT NULL,
  why VARCHAR(200) NOT NULL,
  decided_class TINYINT NOT NULL,
  same_person TINYINT NOT NULL,
  decided_by VARCHAR(500) NOT NULL,
  decided_at DATETIME(3) NULL,
  decision_reason VARCHAR(2000) NOT NULL,
  PRIMARY KEY (match_id),
  KEY match_of_run (run_id, match_class, match_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- 疑似辍学 and 辍学 ledgers, from the feed of cases: one row a case, as it is now. A case is about a
-- student or, when the child is in no school, about a person of the school-age list.
CREATE TABLE ledger_case (
  case_id BIGINT NOT NULL,
  version INT NOT NULL,
  student_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  state VARCHAR(8) NOT NULL,
  state_name VARCHAR(100) NOT NULL,
  level INT NOT NULL,
  level_name VARCHAR(100) NOT NULL,
  responsible VARCHAR(500) NOT NULL,
  found_by VARCHAR(100) NOT NULL,
  reason_code VARCHAR(16) NOT NULL,
  first_absent DATE NULL,
  opened_on DATE NULL,
  dropout_on DATE NULL,
  returned_on DATE NULL,
  closed_on DATE NULL,
  persuasions INT NOT NULL,
  last_persuasion DATE NULL,
  is_open TINYINT NOT NULL,
  PRIMARY KEY (case_id),
  KEY case_of_student (student_id, is_open)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
