-- Where the next ids come from; a row is locked while a transaction takes a block.
CREATE TABLE id_counter (
  name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  next_id BIGINT NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO id_counter (name, next_id) VALUES
  ('student', 1), ('class', 1), ('import', 1), ('batch', 1), ('person', 1), ('tag', 1), ('run', 1),
  ('match', 1);

CREATE TABLE school (
  school_code CHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(200) NOT NULL,
  stage TINYINT NOT NULL,
  teaching_point TINYINT NOT NULL,
  parent_code VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  town VARCHAR(200) NOT NULL,
  PRIMARY KEY (school_code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE school_class (
  class_id BIGINT NOT NULL,
  school_code CHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  class_no VARCHAR(24) NOT NULL,
  grade TINYINT NOT NULL,
  entry_year SMALLINT NOT NULL,
  name VARCHAR(200) NOT NULL,
  teacher_id VARCHAR(200) NOT NULL,
  teacher_name VARCHAR(200) NOT NULL,
  PRIMARY KEY (class_id),
  UNIQUE KEY class_of_school (school_code, class_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One row a child. person_key is the blind index of the identity number (or, without one, of name,
-- birthday, sex and school). details is the whole template row, sealed: the only place of the
-- identity number. student_no holds J and L numbers only; a G number is the identity number again.
CREATE TABLE student (
  student_id BIGINT NOT NULL,
  version INT NOT NULL,
  person_key BINARY(16) NOT NULL,
  name VARCHAR(200) NOT NULL,
  sex TINYINT NOT NULL,
  birth DATE NOT NULL,
  school_code CHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  class_id BIGINT NOT NULL,
  seat_no VARCHAR(200) NOT NULL,
  status TINYINT NOT NULL,
  boarding TINYINT NOT NULL,
  home_teaching TINYINT NOT NULL,
  non_local TINYINT NOT NULL,
  hukou_division CHAR(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status_since DATE NOT NULL,
  until DATE NULL,
  suspensions_in_row TINYINT NOT NULL,
  student_no VARCHAR(19) CHARACTER SET ascii COLLATE ascii_bin NULL,
  details VARBINARY(16000) NOT NULL,
  PRIMARY KEY (student_id),
  UNIQUE KEY person (person_key),
  UNIQUE KEY student_no (student_no),
  KEY class_of_student (class_id),
  KEY school_of_student (school_code, status),
  KEY name_of_student (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Every change of a student, in order. actor and approver: person, name, role, body, tab between.
-- fields are the numbers of the changed columns; before holds what they said until then, sealed.
CREATE TABLE student_change (
  student_id BIGINT NOT NULL,
  version INT NOT NULL,
  kind SMALLINT NOT NULL,
  reason_code VARCHAR(8) NOT NULL,
  effective DATE NOT NULL,
  recorded_at DATETIME(3) NOT NULL,
  actor VARCHAR(500) NOT NULL,
  approver VARCHAR(500) NOT NULL,
  evidence VARCHAR(4000) NOT NULL,
  from_status TINYINT NOT NULL,
  to_status TINYINT NOT NULL,
  from_school VARCHAR(200) NOT NULL,
  to_school VARCHAR(200) NOT NULL,
  from_class BIGINT NOT NULL,
  to_class BIGINT NOT NULL,
  home_teaching TINYINT NOT NULL,
  until DATE NULL,
  note VARCHAR(2000) NOT NULL,
  fields VARBINARY(200) NOT NULL,
  before_sealed VARBINARY(16000) NULL,
  PRIMARY KEY (student_id, version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
