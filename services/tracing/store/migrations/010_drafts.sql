-- Letters that wait, or waited, for an officer's approval: who drafted, who decided. Letters that
-- the profile issues by itself have no row.
CREATE TABLE letter_draft (
  conversation_id BINARY(16) NOT NULL,
  by_machine TINYINT NOT NULL,
  drafted_at DATETIME(3) NOT NULL,
  drafter_person_id VARCHAR(100) NOT NULL,
  drafter_name VARCHAR(200) NOT NULL,
  drafter_role VARCHAR(64) NOT NULL,
  drafter_body VARCHAR(200) NOT NULL,
  decided_at DATETIME(3) NULL,
  decider_person_id VARCHAR(100) NOT NULL,
  decider_name VARCHAR(200) NOT NULL,
  decider_role VARCHAR(64) NOT NULL,
  decider_body VARCHAR(200) NOT NULL,
  decision_text VARCHAR(4000) NOT NULL,
  PRIMARY KEY (conversation_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- When a letter is to be acknowledged, while nobody has; null: nothing is to be acknowledged.
ALTER TABLE conversation ADD COLUMN acknowledge_by DATE NULL;
