-- Who was given a child's identity number, and for what. Append-only; each row's hash holds the one
-- before it, so that a row that is changed or taken out is seen.
CREATE TABLE disclosure (
  disclosure_id BIGINT NOT NULL,
  student_id BIGINT NOT NULL,
  disclosed_at DATETIME(3) NOT NULL,
  actor VARCHAR(500) NOT NULL,
  purpose VARCHAR(200) NOT NULL,
  reference VARCHAR(200) NOT NULL,
  hash BINARY(32) NOT NULL,
  PRIMARY KEY (disclosure_id),
  KEY of_student (student_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO id_counter (name, next_id) VALUES ('disclosure', 1);
