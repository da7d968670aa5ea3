-- Where the next numbers come from; the row is locked while they are taken.
CREATE TABLE id_counter (
  name VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  next_id BIGINT NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO id_counter (name, next_id) VALUES ('roll', 1), ('run', 1);

-- What this service knows of the registry, from its feed.
CREATE TABLE school_place (
  school_code VARCHAR(32) NOT NULL,
  name VARCHAR(200) NOT NULL,
  kind TINYINT NOT NULL,
  PRIMARY KEY (school_code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A class goes up a grade: each grade from the day on which it was told.
CREATE TABLE class_grade (
  class_id BIGINT NOT NULL,
  from_day DATE NOT NULL,
  grade TINYINT NOT NULL,
  name VARCHAR(200) NOT NULL,
  PRIMARY KEY (class_id, from_day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Every state of a student that the registry has told, by its version. On a day the highest version
-- in effect by then counts, so a correction that reaches back is a new row.
CREATE TABLE student_state (
  student_id BIGINT NOT NULL,
  version INT NOT NULL,
  effective DATE NOT NULL,
  school_code VARCHAR(32) NOT NULL,
  class_id BIGINT NOT NULL,
  status TINYINT NOT NULL,
  flags TINYINT NOT NULL,
  name VARCHAR(200) NOT NULL,
  PRIMARY KEY (student_id, version),
  KEY ix_class (class_id),
  KEY ix_school (school_code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The lines of partner lists that name a student; valid_to is exclusive.
CREATE TABLE student_tag (
  student_id BIGINT NOT NULL,
  line_no SMALLINT NOT NULL,
  group_name VARCHAR(200) NOT NULL,
  source VARCHAR(200) NOT NULL,
  batch VARCHAR(200) NOT NULL,
  valid_from DATE NOT NULL,
  valid_to DATE NULL,
  PRIMARY KEY (student_id, line_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE paid_elsewhere (
  student_id BIGINT NOT NULL,
  term VARCHAR(16) NOT NULL,
  division CHAR(6) NOT NULL,
  fen BIGINT NOT NULL,
  letter VARCHAR(200) NOT NULL,
  withdrawn TINYINT NOT NULL,
  PRIMARY KEY (student_id, term)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE recognition_step (
  student_id BIGINT NOT NULL,
  school_year CHAR(9) NOT NULL,
  step_no SMALLINT NOT NULL,
  step VARCHAR(32) NOT NULL,
  on_day DATE NOT NULL,
  passed TINYINT NOT NULL,
  actor VARCHAR(500) NOT NULL,
  note VARCHAR(500) NOT NULL,
  recorded_at DATETIME(3) NOT NULL,
  PRIMARY KEY (student_id, school_year, step_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One row a student: locked while decisions about him are made; recheck_on is the next day on
-- which a tag, a rule or a term may change something.
CREATE TABLE subject (
  student_id BIGINT NOT NULL,
  recheck_on DATE NULL,
  PRIMARY KEY (student_id),
  KEY ix_recheck (recheck_on)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Every decision ever made, with the facts it used. The trace is a function of facts, rules and
-- day, all of which stay; `whys` keeps its verdicts.
CREATE TABLE decision (
  student_id BIGINT NOT NULL,
  term VARCHAR(16) NOT NULL,
  decision_no INT NOT NULL,
  decided_at DATETIME(3) NOT NULL,
  day DATE NOT NULL,
  rule_version CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  school_code VARCHAR(32) NOT NULL,
  facts VARCHAR(4000) NOT NULL,
  amounts VARCHAR(1000) NOT NULL,
  whys VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cause VARCHAR(100) NOT NULL,
  PRIMARY KEY (student_id, term, decision_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What counts now, and the money: payable is what the family is entitled to.
CREATE TABLE standing (
  student_id BIGINT NOT NULL,
  term VARCHAR(16) NOT NULL,
  decision_no INT NOT NULL,
  rule_version CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  day DATE NOT NULL,
  school_code VARCHAR(32) NOT NULL,
  bits_lo BIGINT UNSIGNED NOT NULL,
  bits_hi BIGINT UNSIGNED NOT NULL,
  facts_read BIGINT UNSIGNED NOT NULL,
  amounts VARCHAR(1000) NOT NULL,
  payable_fen BIGINT NOT NULL,
  paid_fen BIGINT NOT NULL DEFAULT 0,
  returned_fen BIGINT NOT NULL DEFAULT 0,
  pending_fen BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (student_id, term),
  KEY ix_school (term, school_code, student_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE roll (
  roll_id BIGINT NOT NULL,
  term VARCHAR(16) NOT NULL,
  school_code VARCHAR(32) NOT NULL,
  made_at DATETIME(3) NOT NULL,
  actor VARCHAR(500) NOT NULL,
  line_count INT NOT NULL,
  total_fen BIGINT NOT NULL,
  control CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (roll_id),
  KEY ix_term (term, school_code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE roll_line (
  roll_id BIGINT NOT NULL,
  line_no INT NOT NULL,
  student_id BIGINT NOT NULL,
  fen BIGINT NOT NULL,
  state VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amounts VARCHAR(1000) NOT NULL,
  note VARCHAR(200) NOT NULL,
  PRIMARY KEY (roll_id, line_no),
  KEY ix_student (student_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Every rule set that was ever in force, whole, so that old decisions can be explained.
CREATE TABLE rule_release (
  version CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  texts MEDIUMTEXT NOT NULL,
  in_force TINYINT NOT NULL,
  approved_by VARCHAR(1000) NOT NULL,
  released_at DATETIME(3) NOT NULL,
  PRIMARY KEY (version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE what_if (
  run_id BIGINT NOT NULL,
  version CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  texts MEDIUMTEXT NOT NULL,
  on_day DATE NOT NULL,
  actor VARCHAR(500) NOT NULL,
  approved_by VARCHAR(1000) NOT NULL,
  made_at DATETIME(3) NOT NULL,
  PRIMARY KEY (run_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE what_if_row (
  run_id BIGINT NOT NULL,
  student_id BIGINT NOT NULL,
  school_code VARCHAR(32) NOT NULL,
  before_amounts VARCHAR(1000) NOT NULL,
  after_amounts VARCHAR(1000) NOT NULL,
  difference_fen BIGINT NOT NULL,
  PRIMARY KEY (run_id, student_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Count and chained hash of the own feed by day.
CREATE TABLE feed_day (
  day DATE NOT NULL,
  event_count BIGINT NOT NULL,
  first_seq BIGINT NOT NULL,
  last_seq BIGINT NOT NULL,
  hash BINARY(32) NOT NULL,
  PRIMARY KEY (day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
