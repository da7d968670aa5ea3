-- What a restored backup leaves to be done. `epoch` rises with each restore and stands in all
-- that is signed; `suspected`: a peer gave back an item of ours that was not here.
CREATE TABLE recovery (
  id TINYINT NOT NULL,
  epoch BIGINT UNSIGNED NOT NULL,
  numbers_frozen TINYINT NOT NULL,
  suspected TINYINT NOT NULL,
  began_at DATETIME(3) NULL,
  began_by VARCHAR(100) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT IGNORE INTO recovery (id, epoch, numbers_frozen, suspected, began_at, began_by)
VALUES (1, 1, 0, 0, NULL, '');

-- Members that have not told their heads since the restore, and when they are asked next.
CREATE TABLE recovery_member (
  peer INT UNSIGNED NOT NULL,
  attempts INT NOT NULL,
  next_at DATETIME(3) NOT NULL,
  error VARCHAR(200) NOT NULL,
  PRIMARY KEY (peer),
  KEY ix_next (next_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The newest epoch of each peer; nothing older is taken from it.
CREATE TABLE peer_epoch (
  peer INT UNSIGNED NOT NULL,
  epoch BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (peer)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Document numbers below the last that nobody holds: lost in a restore, given first.
CREATE TABLE unused_number (
  year INT NOT NULL,
  number INT NOT NULL,
  PRIMARY KEY (year, number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
