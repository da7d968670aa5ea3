-- One row a case: where it stands now. The history is the truth; this is its projection.
-- `open_key` is the student's id (negative: a child without enrolment) while the case is open, so
-- that nobody ever has two open ones.
CREATE TABLE case_file (
  case_id BIGINT NOT NULL AUTO_INCREMENT,
  student_id BIGINT NOT NULL DEFAULT 0,
  person_id BIGINT NOT NULL DEFAULT 0,
  open_key BIGINT NULL,
  version INT NOT NULL,
  state VARCHAR(8) NOT NULL,
  phase VARCHAR(12) NOT NULL,
  level INT NOT NULL,
  found_by VARCHAR(32) NOT NULL,
  streak_id BIGINT NOT NULL DEFAULT 0,
  student_name VARCHAR(200) NOT NULL,
  school_code VARCHAR(32) NOT NULL,
  school_name VARCHAR(200) NOT NULL,
  class_id BIGINT NOT NULL,
  class_name VARCHAR(200) NOT NULL,
  owner_level VARCHAR(100) NOT NULL,
  owner_body VARCHAR(200) NOT NULL,
  owner_person_id VARCHAR(100) NOT NULL,
  owner_person VARCHAR(200) NOT NULL,
  owner_role VARCHAR(64) NOT NULL,
  opened_at DATETIME(3) NOT NULL,
  closed_at DATETIME(3) NULL,
  next_due_at DATETIME(3) NULL,
  first_absent DATE NULL,
  persuasions INT NOT NULL,
  last_persuasion DATE NULL,
  overdue_tasks INT NOT NULL,
  reason_code VARCHAR(64) NOT NULL,
  profile_from VARCHAR(10) NOT NULL,
  PRIMARY KEY (case_id),
  UNIQUE KEY uk_open (open_key),
  KEY ix_student (student_id),
  KEY ix_person (person_id),
  KEY ix_class (class_id, phase),
  KEY ix_school (school_code, phase),
  KEY ix_state (state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Append-only: every act, event and consequence, with who and when. Never updated, never deleted.
CREATE TABLE case_history (
  case_id BIGINT NOT NULL,
  version INT NOT NULL,
  at DATETIME(3) NOT NULL,
  recorded_at DATETIME(3) NOT NULL,
  kind VARCHAR(32) NOT NULL,
  act VARCHAR(32) NOT NULL,
  actor_person_id VARCHAR(100) NOT NULL,
  actor_name VARCHAR(200) NOT NULL,
  actor_role VARCHAR(64) NOT NULL,
  actor_body VARCHAR(200) NOT NULL,
  state VARCHAR(8) NOT NULL,
  level INT NOT NULL,
  profile_from VARCHAR(10) NOT NULL,
  details MEDIUMTEXT NOT NULL,
  PRIMARY KEY (case_id, version),
  KEY ix_act (act, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The clocks: each step of each task. `next_at` is when the clock itself makes something happen (it
-- falls due, or a suspended one runs again); null when it does nothing more.
CREATE TABLE case_clock (
  clock_id BIGINT NOT NULL AUTO_INCREMENT,
  case_id BIGINT NOT NULL,
  clock VARCHAR(64) NOT NULL,
  step INT NOT NULL,
  name VARCHAR(200) NOT NULL,
  state VARCHAR(12) NOT NULL,
  level INT NOT NULL,
  unit VARCHAR(16) NOT NULL,
  owner_level VARCHAR(100) NOT NULL,
  owner_body VARCHAR(200) NOT NULL,
  owner_person_id VARCHAR(100) NOT NULL,
  owner_person VARCHAR(200) NOT NULL,
  owner_role VARCHAR(64) NOT NULL,
  started_at DATETIME(3) NOT NULL,
  due_at DATETIME(3) NOT NULL,
  next_at DATETIME(3) NULL,
  ended_at DATETIME(3) NULL,
  PRIMARY KEY (clock_id),
  UNIQUE KEY uk_step (case_id, clock, step),
  KEY ix_next (next_at, case_id),
  KEY ix_state (state, due_at),
  KEY ix_owner (owner_person_id, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Where a child belongs: what responsibility needs of the registry's feed, and no more.
CREATE TABLE student_place (
  student_id BIGINT NOT NULL,
  name VARCHAR(200) NOT NULL,
  school_code VARCHAR(32) NOT NULL,
  class_id BIGINT NOT NULL,
  non_local TINYINT NOT NULL,
  version INT NOT NULL,
  PRIMARY KEY (student_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE class_place (
  class_id BIGINT NOT NULL,
  school_code VARCHAR(32) NOT NULL,
  name VARCHAR(200) NOT NULL,
  teacher_id VARCHAR(100) NOT NULL,
  teacher VARCHAR(200) NOT NULL,
  PRIMARY KEY (class_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE school_place (
  school_code VARCHAR(32) NOT NULL,
  name VARCHAR(200) NOT NULL,
  town VARCHAR(200) NOT NULL,
  PRIMARY KEY (school_code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
