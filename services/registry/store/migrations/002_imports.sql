-- One upload: uploading, checked, applying, applied, cancelled, failed. chunks_applied is written
-- in the transaction that applies the chunk, so applying goes on exactly where it stopped.
CREATE TABLE import (
  import_id BIGINT NOT NULL,
  kind TINYINT NOT NULL,
  state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  file_name VARCHAR(500) NOT NULL,
  header TEXT NOT NULL,
  full_list TINYINT NOT NULL,
  source VARCHAR(200) NOT NULL,
  batch VARCHAR(200) NOT NULL,
  group_name VARCHAR(200) NOT NULL,
  valid_from DATE NOT NULL,
  valid_to DATE NULL,
  batch_id BIGINT NOT NULL,
  actor VARCHAR(500) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  chunks INT NOT NULL,
  chunks_applied INT NOT NULL,
  rows_applied BIGINT NOT NULL,
  missing BIGINT NOT NULL,
  error VARCHAR(500) NOT NULL,
  PRIMARY KEY (import_id),
  KEY state_of_import (state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One chunk: its rows made canonical, sealed as one; who is in it by blind index; and what the
-- dry run found. counts: how many of what ("added", "field:12", "reason:NAME_BAD",
-- "warning:PHONE_ODD").
CREATE TABLE import_chunk (
  import_id BIGINT NOT NULL,
  chunk_no INT NOT NULL,
  row_count INT NOT NULL,
  counts TEXT NOT NULL,
  who MEDIUMBLOB NOT NULL,
  staged LONGBLOB NOT NULL,
  PRIMARY KEY (import_id, chunk_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Rows that somebody will want to look at: refused, changed, missing. cells: the refused row as it
-- came, sealed.
CREATE TABLE import_row (
  import_id BIGINT NOT NULL,
  outcome TINYINT NOT NULL,
  row_no BIGINT NOT NULL,
  chunk_no INT NOT NULL,
  reason_code VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason VARCHAR(2000) NOT NULL,
  fields VARBINARY(200) NOT NULL,
  student_id BIGINT NOT NULL,
  cells MEDIUMBLOB NULL,
  PRIMARY KEY (import_id, outcome, row_no),
  KEY chunk_of_row (import_id, chunk_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A list from another department: 公安适龄儿童名单 (kind 2) or a group's (kind 3).
CREATE TABLE list_batch (
  batch_id BIGINT NOT NULL,
  kind TINYINT NOT NULL,
  source VARCHAR(200) NOT NULL,
  batch VARCHAR(200) NOT NULL,
  group_name VARCHAR(200) NOT NULL,
  valid_from DATE NOT NULL,
  valid_to DATE NULL,
  imported_at DATETIME(3) NOT NULL,
  complete TINYINT NOT NULL,
  PRIMARY KEY (batch_id),
  UNIQUE KEY which (kind, source, batch, group_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE list_person (
  person_id BIGINT NOT NULL,
  batch_id BIGINT NOT NULL,
  person_key BINARY(16) NOT NULL,
  name VARCHAR(200) NOT NULL,
  sex TINYINT NOT NULL,
  birth DATE NOT NULL,
  has_number TINYINT NOT NULL,
  details VARBINARY(8000) NOT NULL,
  PRIMARY KEY (person_id),
  UNIQUE KEY person_of_batch (batch_id, person_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- valid_to is exclusive; open while NULL.
CREATE TABLE group_tag (
  tag_id BIGINT NOT NULL,
  batch_id BIGINT NOT NULL,
  group_name VARCHAR(200) NOT NULL,
  person_key BINARY(16) NOT NULL,
  name VARCHAR(200) NOT NULL,
  valid_from DATE NOT NULL,
  valid_to DATE NULL,
  details VARBINARY(8000) NOT NULL,
  PRIMARY KEY (tag_id),
  UNIQUE KEY tag_of_batch (batch_id, group_name, person_key),
  KEY tag_of_person (person_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
