-- SPDX-License-Identifier: Apache-2.0
-- Turns a ledger of schema version 2 into one of version 3 (ledger.sql). Runs in one transaction.

CREATE TABLE history (                     -- the policies that were in force, one row for each change
  number   INTEGER PRIMARY KEY AUTOINCREMENT,
  digest   TEXT NOT NULL REFERENCES policy (digest),
  audit    INTEGER NOT NULL                -- seq of the record of the change; 0: before there were any
) STRICT;

INSERT INTO history (digest, audit) SELECT digest, 0 FROM enforced;

PRAGMA user_version = 3;
