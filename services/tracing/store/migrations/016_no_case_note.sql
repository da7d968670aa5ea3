-- Of an earlier release; nothing was ever written to it.
DROP TABLE IF EXISTS case_note;
