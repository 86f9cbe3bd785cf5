-- SPDX-License-Identifier: Apache-2.0
-- Turns a ledger of schema version 1 into one of version 2 (ledger.sql). Runs in one transaction.

ALTER TABLE resource ADD COLUMN place TEXT;
ALTER TABLE resource ADD COLUMN birth TEXT;
ALTER TABLE resource ADD COLUMN mark TEXT;
ALTER TABLE link ADD COLUMN nic TEXT NOT NULL DEFAULT '';

CREATE TABLE vif_label (                   -- labels of network interfaces, by their number in the configuration
  domain   TEXT NOT NULL,
  number   INTEGER NOT NULL,
  policy   TEXT NOT NULL,
  label    TEXT NOT NULL,
  valid    INTEGER NOT NULL CHECK (valid IN (0, 1)),
  PRIMARY KEY (domain, number)
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

PRAGMA user_version = 2;
