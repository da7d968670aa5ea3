-- Whom a letter may mean whose name has a slip of the pen is looked for by birthday (app/likely.h).
-- The indexes hold all that is compared before a row is read.
ALTER TABLE student ADD KEY birth_of_student (birth, name, sex);
ALTER TABLE list_person ADD KEY birth_of_person (batch_id, birth, name, sex);
