-- File format 1 of a results file: what many runs gave, without their journals (docs/guides/sweep.md).
CREATE TABLE result(
  identity BLOB PRIMARY KEY CHECK(length(identity) = 16),  -- hash of code, data, configuration and seed
  point TEXT NOT NULL CHECK(json_valid(point)),            -- what was set beside the configuration
  log_hash BLOB NOT NULL CHECK(length(log_hash) = 16),
  summary TEXT NOT NULL CHECK(json_valid(summary))) STRICT, WITHOUT ROWID;
