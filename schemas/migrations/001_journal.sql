-- File format 1 of the journal (docs/formats/journal.md). Runs in one transaction on an empty database.
-- Integers are 64-bit two's complement; hashes and payloads are little-endian bytes.

CREATE TABLE journal(                 -- one row: what the file is (a projection of chained facts)
  id INTEGER PRIMARY KEY CHECK(id = 1),
  uuid TEXT NOT NULL CHECK(length(uuid) = 32),
  kind TEXT NOT NULL, status TEXT NOT NULL, seed INTEGER NOT NULL,
  configuration TEXT NOT NULL, build TEXT NOT NULL,
  block_records INTEGER NOT NULL) STRICT;
CREATE TABLE run_input(               -- what a run consumed, by content; the path is a hint
  ordinal INTEGER PRIMARY KEY, path_hint TEXT NOT NULL, uuid TEXT NOT NULL, count INTEGER NOT NULL,
  log_hash BLOB NOT NULL CHECK(length(log_hash) = 16)) STRICT;
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE stream(                  -- stream 0 holds the file's own facts, as texts
  stream_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE record_schema(           -- what the bytes of a record mean, for ever
  schema_id INTEGER PRIMARY KEY, name TEXT NOT NULL, layout TEXT NOT NULL) STRICT;

CREATE TABLE event_block(             -- the log
  block_id INTEGER PRIMARY KEY, stream_id INTEGER NOT NULL REFERENCES stream,
  first_seq INTEGER NOT NULL CHECK(first_seq > 0),
  last_seq INTEGER NOT NULL, n INTEGER NOT NULL CHECK(n > 0 AND n = last_seq - first_seq + 1),
  min_time INTEGER NOT NULL, max_time INTEGER NOT NULL,
  instrument_mask INTEGER NOT NULL,   -- bit (instrument mod 64)
  kind_mask INTEGER NOT NULL,         -- bit (kind mod 64)
  schema_id INTEGER NOT NULL REFERENCES record_schema, codec INTEGER NOT NULL,
  checksum INTEGER NOT NULL,          -- XXH3-64 of payload, seeded with that of the header
  log_hash BLOB NOT NULL CHECK(length(log_hash) = 16),  -- running hash of the records up to last_seq
  chain BLOB NOT NULL CHECK(length(chain) = 32),        -- SHA-256(previous chain, header, payload)
  payload BLOB NOT NULL, UNIQUE(stream_id, first_seq)) STRICT;
CREATE INDEX event_block_time ON event_block(stream_id, max_time, min_time);

CREATE TABLE event_tail(              -- committed, not sealed yet: one row per commit, raw records
  stream_id INTEGER NOT NULL REFERENCES stream, first_seq INTEGER NOT NULL, n INTEGER NOT NULL CHECK(n > 0),
  checksum INTEGER NOT NULL, payload BLOB NOT NULL CHECK(length(payload) = 64 * n),
  PRIMARY KEY(stream_id, first_seq)) STRICT;

CREATE TABLE text(                    -- what no record can hold; chained like the blocks
  text_id INTEGER PRIMARY KEY, stream_id INTEGER NOT NULL REFERENCES stream,
  seq INTEGER NOT NULL CHECK(seq > 0), chain BLOB NOT NULL CHECK(length(chain) = 32),
  body TEXT NOT NULL, UNIQUE(stream_id, seq)) STRICT;

-- The log is append-only. INSERT OR REPLACE would pass the delete trigger, hence the explicit check.
CREATE TRIGGER event_block_no_update BEFORE UPDATE ON event_block
  BEGIN SELECT RAISE(ABORT, 'event_block is append-only'); END;
CREATE TRIGGER event_block_no_delete BEFORE DELETE ON event_block
  BEGIN SELECT RAISE(ABORT, 'event_block is append-only'); END;
CREATE TRIGGER event_block_no_replace BEFORE INSERT ON event_block WHEN EXISTS(SELECT 1 FROM event_block
  WHERE block_id = NEW.block_id OR (stream_id = NEW.stream_id AND first_seq = NEW.first_seq))
  BEGIN SELECT RAISE(ABORT, 'event_block is append-only'); END;
CREATE TRIGGER event_block_contiguous BEFORE INSERT ON event_block WHEN NEW.first_seq <> 1 + coalesce(
  (SELECT last_seq FROM event_block WHERE stream_id = NEW.stream_id ORDER BY first_seq DESC LIMIT 1), 0)
  BEGIN SELECT RAISE(ABORT, 'gap or overlap in stream'); END;
CREATE TRIGGER event_tail_no_update BEFORE UPDATE ON event_tail
  BEGIN SELECT RAISE(ABORT, 'event_tail is append-only'); END;
CREATE TRIGGER event_tail_contiguous BEFORE INSERT ON event_tail WHEN NEW.first_seq <> 1 + max(
  coalesce((SELECT last_seq FROM event_block WHERE stream_id = NEW.stream_id ORDER BY first_seq DESC LIMIT 1), 0),
  coalesce((SELECT first_seq + n - 1 FROM event_tail WHERE stream_id = NEW.stream_id
            ORDER BY first_seq DESC LIMIT 1), 0))
  BEGIN SELECT RAISE(ABORT, 'gap or overlap in tail'); END;
CREATE TRIGGER event_tail_delete_sealed BEFORE DELETE ON event_tail WHEN OLD.first_seq + OLD.n - 1 > coalesce(
  (SELECT last_seq FROM event_block WHERE stream_id = OLD.stream_id ORDER BY first_seq DESC LIMIT 1), 0)
  BEGIN SELECT RAISE(ABORT, 'tail rows leave only when sealed'); END;
CREATE TRIGGER text_no_update BEFORE UPDATE ON text
  BEGIN SELECT RAISE(ABORT, 'text is append-only'); END;
CREATE TRIGGER text_no_delete BEFORE DELETE ON text
  BEGIN SELECT RAISE(ABORT, 'text is append-only'); END;
CREATE TRIGGER text_no_replace BEFORE INSERT ON text WHEN EXISTS(SELECT 1 FROM text
  WHERE text_id = NEW.text_id OR (stream_id = NEW.stream_id AND seq = NEW.seq))
  BEGIN SELECT RAISE(ABORT, 'text is append-only'); END;
CREATE TRIGGER text_contiguous BEFORE INSERT ON text WHEN NEW.seq <> 1 + coalesce(
  (SELECT seq FROM text WHERE stream_id = NEW.stream_id ORDER BY seq DESC LIMIT 1), 0)
  BEGIN SELECT RAISE(ABORT, 'gap or overlap in text'); END;

-- Projections: written in the transaction that appends, rebuilt and compared by verify, never the source of truth.
CREATE TABLE projection(stream_id INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL) STRICT;
CREATE TABLE instrument(              -- latest definition of each instrument
  instrument_id INTEGER PRIMARY KEY, venue TEXT NOT NULL, symbol TEXT NOT NULL,
  currency TEXT NOT NULL, settle_currency TEXT NOT NULL,
  price_decimals INTEGER NOT NULL, quantity_decimals INTEGER NOT NULL, currency_decimals INTEGER NOT NULL,
  tick_size INTEGER NOT NULL, lot_size INTEGER NOT NULL, multiplier INTEGER NOT NULL,
  contract TEXT NOT NULL CHECK(contract IN ('linear', 'inverse'))) STRICT;
-- No CHECKs on the texts: they more than doubled the cost of a row, and verify compares every row with its records.
CREATE TABLE fills(
  stream_id INTEGER NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL, venue_time INTEGER NOT NULL,
  order_id INTEGER NOT NULL, instrument_id INTEGER NOT NULL, side TEXT NOT NULL,
  price INTEGER NOT NULL, quantity INTEGER NOT NULL, trade_id INTEGER NOT NULL,
  liquidity TEXT NOT NULL,
  fee INTEGER NOT NULL, fee_currency INTEGER NOT NULL, queue_ahead INTEGER NOT NULL, rule TEXT NOT NULL,
  PRIMARY KEY(stream_id, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE equity(
  stream_id INTEGER NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL, cash INTEGER NOT NULL,
  position_value INTEGER NOT NULL, fees INTEGER NOT NULL, realised INTEGER NOT NULL,
  PRIMARY KEY(stream_id, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE state_checkpoint(        -- determinism witness per component
  stream_id INTEGER NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL, component INTEGER NOT NULL,
  hash_low INTEGER NOT NULL, hash_high INTEGER NOT NULL, inputs INTEGER NOT NULL,
  PRIMARY KEY(stream_id, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW positions AS SELECT stream_id, instrument_id,
  sum(CASE side WHEN 'buy' THEN quantity ELSE -quantity END) AS quantity, count(*) AS fills, sum(fee) AS fees
  FROM fills GROUP BY stream_id, instrument_id;
CREATE VIEW stream_head AS SELECT s.stream_id, s.name, max(
  coalesce((SELECT last_seq FROM event_block b WHERE b.stream_id = s.stream_id ORDER BY first_seq DESC LIMIT 1), 0),
  coalesce((SELECT first_seq + n - 1 FROM event_tail t WHERE t.stream_id = s.stream_id
            ORDER BY first_seq DESC LIMIT 1), 0)) AS last_seq FROM stream s WHERE s.stream_id > 0;

INSERT INTO stream VALUES(0, 'journal');
INSERT INTO record_schema VALUES(1, 'event', '["seq:u64","time:i64","origin:u64","instrument:u32","kind:u8",'
  || '"side:u8","flags:u16","body0:i64","body1:i64","body2:i64","body3:i64"]');
