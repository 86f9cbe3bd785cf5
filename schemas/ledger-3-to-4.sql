-- SPDX-License-Identifier: Apache-2.0
-- Turns a ledger of schema version 3 into one of version 4 (ledger.sql), but for the records of the audit log: the
-- program moves them from audit_3 into audit, where they are chained, and drops it. All in one transaction.

ALTER TABLE binding ADD COLUMN configured_policy TEXT;
ALTER TABLE binding ADD COLUMN configured_label TEXT;
ALTER TABLE policy ADD COLUMN signature TEXT NOT NULL DEFAULT '';

DROP INDEX audit_refused;
ALTER TABLE audit RENAME TO audit_3;

CREATE TABLE audit (
  seq    INTEGER PRIMARY KEY,
  record TEXT NOT NULL,                    -- canonical JSON (docs/audit.md)
  hash   BLOB NOT NULL CHECK (length(hash) = 32)  -- SHA-256 of the previous row's hash and the record
) STRICT;

-- Refusals are what is looked for. No text within a record can pose as the member: its quotes are escaped there.
CREATE INDEX audit_refused ON audit (seq)
  WHERE instr(record, '"decision":"deny"') OR instr(record, '"decision":"would-deny"');

CREATE TABLE checkpoint (                  -- signed statements of where the audit log stood
  seq    INTEGER PRIMARY KEY,              -- of the record
  text   TEXT NOT NULL                     -- docs/audit.md, "Checkpoints"
) STRICT;

CREATE TABLE segment (                     -- the audit log in parts, each but the first begins with a snapshot of the state
  first INTEGER PRIMARY KEY,               -- seq of its first record
  last  INTEGER,                           -- of its last, once it is in the file audit/FIRST-LAST.jsonl; NULL: it is here
  hash  BLOB CHECK (length(hash) = 32)     -- of that record
) STRICT;

PRAGMA user_version = 4;
