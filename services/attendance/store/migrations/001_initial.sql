-- Exactly one copy of the service writes: the one whose epoch stands here. `batches` counts its
-- transactions, so that one with an unknown end can be found again.
CREATE TABLE writer_fence (
  id TINYINT UNSIGNED NOT NULL,
  epoch BIGINT UNSIGNED NOT NULL,
  holder VARCHAR(64) NOT NULL,
  batches BIGINT UNSIGNED NOT NULL,
  beat_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO writer_fence (id, epoch, holder, batches, beat_at)
VALUES (1, 0, '', 0, '2000-01-01 00:00:00.000');

-- Who took roll call or handled a leave slip; named by number in the other tables.
CREATE TABLE actor (
  actor_id INT UNSIGNED NOT NULL,
  person_id VARCHAR(64) NOT NULL,
  name VARCHAR(64) NOT NULL,
  role VARCHAR(64) NOT NULL,
  body VARCHAR(64) NOT NULL,
  PRIMARY KEY (actor_id),
  KEY who (person_id, role)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Every roll call as it came in; the highest revision of a half-day stands. `exceptions` is
-- packed as
-- domain/packed_marks.h says; half 0 morning, 1 afternoon. The key begins with the half-day,
-- because a
-- whole county calls the same half-day at once: rows go to the end of the tree.
CREATE TABLE roll_call (
  day DATE NOT NULL,
  half TINYINT UNSIGNED NOT NULL,
  class_id BIGINT NOT NULL,
  revision SMALLINT UNSIGNED NOT NULL,
  idem_key BINARY(16) NOT NULL,
  expected SMALLINT UNSIGNED NOT NULL,
  actor_id INT UNSIGNED NOT NULL,
  recorded_at DATETIME(3) NOT NULL,
  taken_at DATETIME(3) NULL,
  exceptions VARBINARY(8192) NOT NULL,
  PRIMARY KEY (day, half, class_id, revision)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Absences without leave that reached the threshold. state: 1 open, 2 ended, 3 returned, 4
-- withdrawn,
-- 5 merged into an earlier one.
CREATE TABLE absence_streak (
  streak_id BIGINT NOT NULL,
  student_id BIGINT NOT NULL,
  class_id BIGINT NOT NULL,
  first_day DATE NOT NULL,
  last_day DATE NOT NULL,
  reached_day DATE NOT NULL,
  reached_half TINYINT UNSIGNED NOT NULL,
  days SMALLINT UNSIGNED NOT NULL,
  state TINYINT UNSIGNED NOT NULL,
  returned_day DATE NULL,
  returned_half TINYINT UNSIGNED NULL,
  why VARCHAR(64) NOT NULL,
  changed_at DATETIME(3) NOT NULL,
  PRIMARY KEY (streak_id),
  KEY student (student_id),
  KEY state (state, last_day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Students who were reported as chronic absentees: once a term.
CREATE TABLE chronic_absence (
  student_id BIGINT NOT NULL,
  term_first DATE NOT NULL,
  class_id BIGINT NOT NULL,
  on_day DATE NOT NULL,
  away_half_days SMALLINT UNSIGNED NOT NULL,
  counted_half_days SMALLINT UNSIGNED NOT NULL,
  rate_basis_points SMALLINT UNSIGNED NOT NULL,
  recorded_at DATETIME(3) NOT NULL,
  PRIMARY KEY (student_id, term_first)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- state: 1 requested, 2 approved, 3 refused, 4 cancelled. kind: 1 sick, 2 personal.
CREATE TABLE leave_slip (
  leave_id BIGINT NOT NULL AUTO_INCREMENT,
  student_id BIGINT NOT NULL,
  kind TINYINT UNSIGNED NOT NULL,
  from_day DATE NOT NULL,
  from_half TINYINT UNSIGNED NOT NULL,
  to_day DATE NOT NULL,
  to_half TINYINT UNSIGNED NOT NULL,
  reason VARCHAR(500) NOT NULL,
  evidence TEXT NOT NULL,
  state TINYINT UNSIGNED NOT NULL,
  PRIMARY KEY (leave_id),
  KEY student (student_id),
  KEY state (state, to_day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who did what to a slip and when; the state after each step.
CREATE TABLE leave_step (
  leave_id BIGINT NOT NULL,
  step SMALLINT UNSIGNED NOT NULL,
  state TINYINT UNSIGNED NOT NULL,
  actor_id INT UNSIGNED NOT NULL,
  recorded_at DATETIME(3) NOT NULL,
  reason VARCHAR(500) NOT NULL,
  PRIMARY KEY (leave_id, step)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What registry tells, as far as attendance needs it. `seq` is the event that changed the row last.
CREATE TABLE school (
  school_code VARCHAR(32) NOT NULL,
  name VARCHAR(128) NOT NULL,
  PRIMARY KEY (school_code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE class_room (
  class_id BIGINT NOT NULL,
  school_code VARCHAR(32) NOT NULL,
  grade TINYINT UNSIGNED NOT NULL,
  name VARCHAR(64) NOT NULL,
  homeroom_teacher VARCHAR(64) NOT NULL,
  seq BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (class_id),
  KEY seq (seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE student (
  student_id BIGINT NOT NULL,
  name VARCHAR(128) NOT NULL,
  seq BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (student_id),
  KEY seq (seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- From that day on the student is expected in that class; class_id 0: in none.
CREATE TABLE membership (
  student_id BIGINT NOT NULL,
  from_day DATE NOT NULL,
  class_id BIGINT NOT NULL,
  PRIMARY KEY (student_id, from_day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Half-days whose missing roll calls have been told. The last row says how far it has come.
CREATE TABLE closing (
  day DATE NOT NULL,
  half TINYINT UNSIGNED NOT NULL,
  due_at DATETIME(3) NOT NULL,
  closed_at DATETIME(3) NOT NULL,
  classes_missing INT UNSIGNED NOT NULL,
  PRIMARY KEY (day, half)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
