-- Who printed which item, when and what for: paper leaves the system. Rows are only added; `mac` is
-- keyed with the deployment's keys over the row and the row before it, so a row that is changed or
-- taken away shows. Kept as long as the conversations.
CREATE TABLE print_log (
  print_no BIGINT NOT NULL,
  idem_key BINARY(16) NOT NULL,
  conversation_id BINARY(16) NOT NULL,
  by_asker TINYINT NOT NULL,
  seq INT UNSIGNED NOT NULL,
  item_kind VARCHAR(32) NOT NULL,
  document_no VARCHAR(64) NOT NULL,
  purpose VARCHAR(400) NOT NULL,
  printed_at DATETIME(3) NOT NULL,
  actor_person_id VARCHAR(100) NOT NULL,
  actor_name VARCHAR(200) NOT NULL,
  actor_role VARCHAR(64) NOT NULL,
  actor_body VARCHAR(200) NOT NULL,
  mac BINARY(16) NOT NULL,
  PRIMARY KEY (print_no),
  UNIQUE KEY uq_key (idem_key),
  KEY ix_conversation (conversation_id, print_no),
  KEY ix_printed (printed_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Counties and superiors without the software, as this bureau knows them: letters to them go by
-- post. A signed record of the directory takes the place of a row.
CREATE TABLE paper_office (
  division CHAR(6) NOT NULL,
  name VARCHAR(100) NOT NULL,
  bureau VARCHAR(100) NOT NULL,
  post_address VARCHAR(300) NOT NULL,
  changed_at DATETIME(3) NOT NULL,
  changed_by VARCHAR(100) NOT NULL,
  PRIMARY KEY (division)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How the delivery of an item on paper was proven: the registered mail's number, a stamped slip.
CREATE TABLE paper_receipt (
  conversation_id BINARY(16) NOT NULL,
  by_asker TINYINT NOT NULL,
  seq INT UNSIGNED NOT NULL,
  reference VARCHAR(200) NOT NULL,
  received_on DATE NULL,
  entered_at DATETIME(3) NOT NULL,
  entered_by VARCHAR(100) NOT NULL,
  PRIMARY KEY (conversation_id, by_asker, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
