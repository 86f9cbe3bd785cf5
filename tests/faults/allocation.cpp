// SPDX-License-Identifier: Apache-2.0
// Where memory comes from: C++, SQLite, OpenSSL and pugixml.
#include <openssl/crypto.h>
#include <sqlite3.h>

#include <cstdlib>
#include <new>
#include <pugixml.hpp>
#include <stdexcept>

#include "tests/faults/injection.h"

namespace {

using namespace xenacm::faults;

void* allocate(std::size_t size) {
  if (strikes(cpp_memory)) return nullptr;
  return std::malloc(size == 0 ? 1 : size);
}

void* allocate_or_throw(std::size_t size) {
  void* memory = allocate(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void* allocate_aligned(std::size_t size, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  if (strikes(cpp_memory)) throw std::bad_alloc();
  void* memory = std::aligned_alloc(step, (size + step - 1) / step * step);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

sqlite3_mem_methods sqlite;

void* sqlite_malloc(int size) { return strikes(sqlite_memory) ? nullptr : sqlite.xMalloc(size); }
void* sqlite_realloc(void* memory, int size) {
  return strikes(sqlite_memory) ? nullptr : sqlite.xRealloc(memory, size);
}

void* c_malloc(std::size_t size) { return strikes(c_memory) ? nullptr : std::malloc(size); }
void* openssl_malloc(std::size_t size, const char*, int) { return c_malloc(size); }
void* openssl_realloc(void* memory, std::size_t size, const char*, int) {
  return strikes(c_memory) ? nullptr : std::realloc(memory, size);
}
void openssl_free(void* memory, const char*, int) { std::free(memory); }

}  // namespace

void* operator new(std::size_t size) { return allocate_or_throw(size); }
void* operator new[](std::size_t size) { return allocate_or_throw(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return allocate_aligned(size, alignment); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return allocate_aligned(size, alignment); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace xenacm::faults {

void watch_system_calls();  // system_calls.cpp

void watch_libraries() {
  sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite);
  sqlite3_mem_methods watched = sqlite;
  watched.xMalloc = sqlite_malloc;
  watched.xRealloc = sqlite_realloc;
  // Without its own reserves, each allocation is one.
  if (sqlite3_config(SQLITE_CONFIG_MALLOC, &watched) != SQLITE_OK ||
      sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK ||
      CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) != 1) {
    throw std::runtime_error("SQLite or OpenSSL was used before its allocations could be watched");
  }
  pugi::set_memory_management_functions(c_malloc, std::free);
  watch_system_calls();
}

}  // namespace xenacm::faults
