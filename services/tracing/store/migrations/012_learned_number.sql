-- Document numbers that others hold on letters of ours, as a recovery learned them: never given out
-- again, also when the item here that had taken one meanwhile is dropped.
CREATE TABLE learned_number (
  year INT NOT NULL,
  number INT NOT NULL,
  PRIMARY KEY (year, number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
