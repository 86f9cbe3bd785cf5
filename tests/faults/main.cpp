// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/faults/injection.h"

int main(int argc, char** argv) {
  xenacm::faults::watch_libraries();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
