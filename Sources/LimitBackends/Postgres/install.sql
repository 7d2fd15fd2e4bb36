-- What the log needs, made by every instance that comes. Names end in the version of the tables.
--
-- Upgrades: functions may be replaced by any that an instance of the release before can call; the newest one that came
-- is in force for all. Where the tables have to change, a new version of them takes over the rows of the version before
-- in this one transaction, and the functions of that version then raise an exception that says to upgrade: instances
-- that still call them are refused, and nothing is lost.
BEGIN;
-- One at a time: making the same thing twice at once is an error.
SELECT pg_advisory_xact_lock(hashtext('weir limits'));

-- Where each log ends and where its checkpoint is. Updated with every batch, so pages keep room for that.
CREATE TABLE IF NOT EXISTS weir_head_1 (
    namespace text PRIMARY KEY,
    number bigint NOT NULL,
    time bigint NOT NULL,
    base bigint NOT NULL,
    base_mark bigint NOT NULL,
    base_time bigint NOT NULL
) WITH (fillfactor = 20);

CREATE TABLE IF NOT EXISTS weir_checkpoint_1 (
    namespace text PRIMARY KEY,
    bytes bytea NOT NULL
);

-- The batches after the checkpoint.
CREATE TABLE IF NOT EXISTS weir_entry_1 (
    namespace text,
    number bigint,
    mark bigint NOT NULL,
    time bigint NOT NULL,
    batch bytea NOT NULL,
    PRIMARY KEY (namespace, number)
);

-- Logs that nothing has happened to: this alone is empty after a crash, which takes back what was committed last, and on
-- a server that took over.
CREATE UNLOGGED TABLE IF NOT EXISTS weir_intact_1 (namespace text PRIMARY KEY);

-- Appends a batch and answers what came after the caller's position, in one step. The first row says what became of
-- it: `entries`, `dropped`, `lost` or `interrupted`, and the log's time; the others are entries. A mark of null reads
-- only. Conditions: `always`; `newest`, where nothing came after the position; `interrupted`, the same after an
-- interruption, which this ends.
CREATE OR REPLACE FUNCTION weir_exchange_1(
    log text, place bigint, place_mark bigint, new_mark bigint, new_batch bytea, condition text
) RETURNS TABLE (kind text, number bigint, mark bigint, "time" bigint, batch bytea) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    head weir_head_1%ROWTYPE;
    found_mark bigint;
    now_time bigint;
BEGIN
    -- The row is the log's lock: whoever appends waits for whoever does, and for nobody else.
    IF new_mark IS NULL THEN
        SELECT * INTO head FROM weir_head_1 WHERE namespace = log;
    ELSE
        SELECT * INTO head FROM weir_head_1 WHERE namespace = log FOR UPDATE;
    END IF;
    IF head.number IS NULL OR place > head.number THEN
        RETURN QUERY SELECT 'lost', 0::bigint, 0::bigint, 0::bigint, ''::bytea;
        RETURN;
    ELSIF place < head.base THEN
        RETURN QUERY SELECT 'dropped', 0::bigint, 0::bigint, 0::bigint, ''::bytea;
        RETURN;
    ELSIF place = head.base THEN
        found_mark := head.base_mark;
    ELSE
        SELECT e.mark INTO found_mark FROM weir_entry_1 e WHERE e.namespace = log AND e.number = place;
    END IF;
    IF found_mark IS DISTINCT FROM place_mark THEN
        RETURN QUERY SELECT 'lost', 0::bigint, 0::bigint, 0::bigint, ''::bytea;
        RETURN;
    END IF;
    IF condition <> 'interrupted' AND NOT EXISTS (SELECT FROM weir_intact_1 WHERE namespace = log) THEN
        RETURN QUERY SELECT 'interrupted', 0::bigint, 0::bigint, 0::bigint, ''::bytea;
        RETURN;
    END IF;
    -- Never earlier than the newest entry, whatever the server's clock does.
    now_time := greatest(head.time, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
    RETURN QUERY SELECT 'entries', head.number, 0::bigint, now_time, ''::bytea;
    IF place < head.number THEN
        RETURN QUERY SELECT 'entry', e.number, e.mark, e.time, e.batch FROM weir_entry_1 e
            WHERE e.namespace = log AND e.number > place AND e.number <= head.number ORDER BY e.number;
    END IF;
    IF new_mark IS NULL OR (condition <> 'always' AND place < head.number) THEN
        RETURN;
    END IF;
    INSERT INTO weir_entry_1 VALUES (log, head.number + 1, new_mark, now_time, new_batch);
    UPDATE weir_head_1 SET number = head.number + 1, time = now_time WHERE namespace = log;
    IF condition = 'interrupted' THEN
        INSERT INTO weir_intact_1 VALUES (log) ON CONFLICT DO NOTHING;
    END IF;
    PERFORM pg_notify('weir_' || md5(log), (head.number + 1)::text);
    RETURN QUERY SELECT 'appended', head.number + 1, new_mark, now_time, ''::bytea;
END $$;

-- Begins the log with a checkpoint where there is none, or where it ends before that: it was lost, and is made anew.
CREATE OR REPLACE FUNCTION weir_begin_1(log text, place bigint, place_mark bigint, place_time bigint, state bytea)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('weir limits'), hashtext(log));
    IF EXISTS (SELECT FROM weir_head_1 WHERE namespace = log AND number >= place) THEN
        RETURN false;
    END IF;
    -- Before the head, as weir_leave_1 does: two that take them in different orders would wait for each other.
    INSERT INTO weir_checkpoint_1 VALUES (log, state)
        ON CONFLICT (namespace) DO UPDATE SET bytes = excluded.bytes;
    DELETE FROM weir_entry_1 WHERE namespace = log;
    INSERT INTO weir_head_1 VALUES (log, place, place_time, place, place_mark, place_time)
        ON CONFLICT (namespace) DO UPDATE SET (number, time, base, base_mark, base_time)
            = (excluded.number, excluded.time, excluded.base, excluded.base_mark, excluded.base_time);
    INSERT INTO weir_intact_1 VALUES (log) ON CONFLICT DO NOTHING;
    PERFORM pg_notify('weir_' || md5(log), place::text);
    RETURN true;
END $$;

-- Leaves a checkpoint and drops the entries up to it, unless there is a newer one or the log is another by now.
CREATE OR REPLACE FUNCTION weir_leave_1(log text, place bigint, place_mark bigint, place_time bigint, state bytea)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    -- Writing the bytes takes long where there are many keys: whoever appends does not wait for it, only for what comes
    -- after it.
    UPDATE weir_checkpoint_1 SET bytes = state WHERE namespace = log;
    PERFORM FROM weir_head_1 WHERE namespace = log AND base < place FOR UPDATE;
    IF NOT FOUND OR NOT EXISTS (
        SELECT FROM weir_entry_1 WHERE namespace = log AND number = place AND mark = place_mark
    ) THEN
        -- Takes the bytes back.
        RAISE EXCEPTION USING ERRCODE = 'WEIR1';
    END IF;
    UPDATE weir_head_1 SET base = place, base_mark = place_mark, base_time = place_time WHERE namespace = log;
    DELETE FROM weir_entry_1 WHERE namespace = log AND number <= place;
    RETURN true;
EXCEPTION WHEN SQLSTATE 'WEIR1' THEN
    RETURN false;
END $$;
COMMIT;
