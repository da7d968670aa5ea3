-- Which serial of our own file each member has taken. `next_at`: when it is offered again.
CREATE TABLE directory_told (
  division CHAR(6) NOT NULL,
  serial BIGINT UNSIGNED NOT NULL,
  attempts INT NOT NULL,
  next_at DATETIME(3) NOT NULL,
  error VARCHAR(500) NOT NULL,
  PRIMARY KEY (division),
  KEY ix_next (serial, next_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
