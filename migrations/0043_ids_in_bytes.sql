-- An id that a device has chosen is looked up and never sorted for somebody to read. Compared by the rules of a language,
-- as the database otherwise does, each comparison in the index costs several times as much.
alter table room_entries alter column client_msg_id type text collate "C";
