-- The item of ours that waits for its receipt; 0: none. Of a letter on paper it is what is to be
-- printed and posted.
ALTER TABLE conversation ADD COLUMN waits_seq INT UNSIGNED NOT NULL DEFAULT 0;
