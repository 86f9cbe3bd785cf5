// SPDX-License-Identifier: Apache-2.0
// What the two halves of fakexen.so share. See fakexen.c.
#pragma once

#include <stddef.h>

enum { FAKEXEN_PATH_MAX = 512 };

// The name of a file in $FAKEXEN_DIR: "DIR/NAME".
void fakexen_path(char path[FAKEXEN_PATH_MAX], const char* name);

// ... of one that belongs to a domain: "DIR/NAMEdomid".
void fakexen_domain_path(char path[FAKEXEN_PATH_MAX], const char* name, unsigned domid);

// open(2) without the redirections of fakexen_paths.c.
int fakexen_open(const char* path, int flags, unsigned mode);
