-- SPDX-License-Identifier: Apache-2.0
-- The ledger, schema version 4 (PRAGMA user_version = 4). One row here is one row of the monitor's state.
-- The files ledger-N-to-M.sql turn a ledger of an earlier version into one of the next; all come to the same.
-- A label is stored as (policy, label, valid): ACM:policy:label, or INV_ACM:policy:label where valid = 0.

CREATE TABLE policy (
  digest   TEXT PRIMARY KEY,               -- SHA-256 of the document, lower-case hex
  name     TEXT NOT NULL,
  version  TEXT NOT NULL,
  document TEXT NOT NULL,
  signature TEXT NOT NULL DEFAULT ''       -- base64 of an Ed25519 signature of the document; empty: none
) STRICT;

CREATE TABLE enforced (                    -- exactly one row: the policy in force
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  digest   TEXT NOT NULL REFERENCES policy (digest)
) STRICT;

CREATE TABLE history (                     -- the policies that were in force, one row for each change
  number   INTEGER PRIMARY KEY AUTOINCREMENT,
  digest   TEXT NOT NULL REFERENCES policy (digest),
  audit    INTEGER NOT NULL                -- seq of the record of the change; 0: before there were any
) STRICT;

CREATE TABLE binding (                     -- the label that a domain gets when it starts
  name     TEXT PRIMARY KEY,
  uuid     TEXT UNIQUE,
  policy   TEXT NOT NULL,
  label    TEXT NOT NULL,
  valid    INTEGER NOT NULL CHECK (valid IN (0, 1)),
  configured_policy TEXT,                  -- the label as it was bound, where policy updates have changed it since:
  configured_label  TEXT                   -- what the domain's configuration says; NULL: the label itself
) STRICT, WITHOUT ROWID;

CREATE TABLE resource (
  name     TEXT PRIMARY KEY,               -- canonical: file:/vm/disk.img
  policy   TEXT NOT NULL,
  label    TEXT NOT NULL,
  valid    INTEGER NOT NULL CHECK (valid IN (0, 1)),
  place    TEXT,                           -- identity of what was there when it was labelled; NULL: nothing was
  birth    TEXT,
  mark     TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE vif_label (                   -- labels of network interfaces, by their number in the configuration
  domain   TEXT NOT NULL,
  number   INTEGER NOT NULL,
  policy   TEXT NOT NULL,
  label    TEXT NOT NULL,
  valid    INTEGER NOT NULL CHECK (valid IN (0, 1)),
  PRIMARY KEY (domain, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE running (                     -- domains that the hypervisor has, or is about to have; Domain-0 always
  domid    INTEGER PRIMARY KEY CHECK (domid BETWEEN 0 AND 65535),
  uuid     TEXT NOT NULL,
  name     TEXT NOT NULL,
  policy   TEXT NOT NULL,
  label    TEXT NOT NULL,
  valid    INTEGER NOT NULL CHECK (valid IN (0, 1)),
  adopted  INTEGER NOT NULL CHECK (adopted IN (0, 1))
) STRICT;

CREATE TABLE link (                        -- admitted device connections between running domains
  class    TEXT NOT NULL,
  frontend INTEGER NOT NULL,
  backend  INTEGER NOT NULL,
  device   INTEGER NOT NULL,
  bridge   TEXT NOT NULL,                  -- of a vif; empty: none named
  nic      TEXT NOT NULL DEFAULT '',       -- gateway device of a routed vif; empty: none named
  PRIMARY KEY (class, frontend, backend, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE link_resource (               -- the disk of a vbd, the devices of a pci link
  class    TEXT NOT NULL,
  frontend INTEGER NOT NULL,
  backend  INTEGER NOT NULL,
  device   INTEGER NOT NULL,
  resource TEXT NOT NULL,                  -- its name: phy@nicdom:/dev/disk
  place    TEXT,                           -- identity of what was there when it was linked; NULL: it has none
  birth    TEXT,
  mark     TEXT,
  PRIMARY KEY (class, frontend, backend, device, resource),
  FOREIGN KEY (class, frontend, backend, device) REFERENCES link ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE mode (
  label    TEXT PRIMARY KEY,               -- empty: every label that has no row of its own
  mode     TEXT NOT NULL CHECK (mode IN ('enforcing', 'permissive'))
) STRICT, WITHOUT ROWID;

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
