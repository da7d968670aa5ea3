-- Candidates for a letter's child: people of the latest list by name and birthday.
ALTER TABLE list_person ADD KEY name_birth (batch_id, name, birth);
