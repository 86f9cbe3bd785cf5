// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/ledger/mortal_disk.h"

#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <new>
#include <string>
#include <vector>

namespace xenacm::ledger {
namespace {

// What a file holds on the disk itself, and what has been written since its last sync.
struct Platter {
  bool exists = false;
  std::string synced;
  struct Piece {
    std::size_t at = 0;
    std::string bytes;
    bool cuts = false;  // a truncation to `at`
  };
  std::vector<Piece> unsynced;
};

struct Disk {
  Fate fate;
  unsigned steps = 0;
  std::map<std::string, Platter> platters;
  sqlite3_vfs* real = nullptr;
};

// SQLite's functions carry no context of ours to a file's deletion.
Disk& disk() {
  static Disk the_disk;
  return the_disk;
}

void lay_down(std::string& content, const Platter::Piece& piece) {
  if (piece.cuts) return content.resize(piece.at);
  if (content.size() < piece.at + piece.bytes.size()) content.resize(piece.at + piece.bytes.size());
  content.replace(piece.at, piece.bytes.size(), piece.bytes);
}

void lose_power() {
  for (auto& [path, platter] : disk().platters) {
    bool arrives = false;
    for (const Platter::Piece& piece : platter.unsynced) {
      if (disk().fate.death == Death::power_reorders && arrives) {
        lay_down(platter.synced, piece);
        platter.exists = true;
      }
      arrives = !arrives;
    }
    std::filesystem::remove(path);
    std::filesystem::remove(path + "-shm");  // is memory
    if (platter.exists) std::ofstream(path, std::ios::binary) << platter.synced;
  }
}

[[noreturn]] void die() {
  if (disk().fate.death != Death::process) lose_power();
  ::_exit(kDied);
}

// Takes one step; `partly` is what comes of the one that is died within.
template <class Partly>
void step(Partly partly) {
  Disk& d = disk();
  if (++d.steps != d.fate.step) return;
  if (d.fate.within) partly();
  die();
}

struct File {
  sqlite3_file base;
  Platter* platter;  // none: a temporary file
  [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) { return of(file).real(); }
const sqlite3_io_methods& methods(sqlite3_file* file) { return *real(file)->pMethods; }

int write_through(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
  if (of(file).platter != nullptr) {
    of(file).platter->unsynced.push_back(
        {static_cast<std::size_t>(at), std::string(static_cast<const char*>(data), static_cast<std::size_t>(size))});
  }
  return methods(file).xWrite(real(file), data, size, at);
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
  step([&] { write_through(file, data, size / 2, at); });
  return write_through(file, data, size, at);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  const auto cut = [&] {
    if (of(file).platter != nullptr) of(file).platter->unsynced.push_back({static_cast<std::size_t>(size), {}, true});
    return methods(file).xTruncate(real(file), size);
  };
  step(cut);
  return cut();
}

// The test's own disk need not be synced for it.
int sync(sqlite3_file* file, int) {
  const auto settle = [&] {
    Platter* platter = of(file).platter;
    if (platter == nullptr) return SQLITE_OK;
    for (const Platter::Piece& piece : platter->unsynced) lay_down(platter->synced, piece);
    platter->unsynced.clear();
    platter->exists = true;
    return SQLITE_OK;
  };
  step(settle);
  return settle();
}

int close(sqlite3_file* file) { return methods(file).xClose(real(file)); }
int read(sqlite3_file* file, void* data, int size, sqlite3_int64 at) {
  return methods(file).xRead(real(file), data, size, at);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) { return methods(file).xFileSize(real(file), size); }
int lock(sqlite3_file* file, int level) { return methods(file).xLock(real(file), level); }
int unlock(sqlite3_file* file, int level) { return methods(file).xUnlock(real(file), level); }
int check_lock(sqlite3_file* file, int* held) { return methods(file).xCheckReservedLock(real(file), held); }
int control(sqlite3_file* file, int what, void* data) { return methods(file).xFileControl(real(file), what, data); }
int sector(sqlite3_file* file) { return methods(file).xSectorSize(real(file)); }
int characteristics(sqlite3_file* file) { return methods(file).xDeviceCharacteristics(real(file)); }
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** at) {
  return methods(file).xShmMap(real(file), page, size, extend, at);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return methods(file).xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { methods(file).xShmBarrier(real(file)); }
int shm_unmap(sqlite3_file* file, int remove) { return methods(file).xShmUnmap(real(file), remove); }

constexpr sqlite3_io_methods kMethods{
    2,      close,           read,    write,    truncate,    sync,      file_size, lock,   unlock, check_lock, control,
    sector, characteristics, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr,   nullptr};

// What is there when the disk is first looked at has long been synced.
Platter& platter_of(const char* path) {
  const auto [found, is_new] = disk().platters.try_emplace(path);
  std::ifstream file(path, std::ios::binary);
  if (is_new && file) found->second = {true, {std::istreambuf_iterator<char>(file), {}}, {}};
  return found->second;
}

int open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* opened) {
  File& own = *new (file) File{};
  const auto make = [&] { return disk().real->xOpen(disk().real, path, own.real(), flags, opened); };
  if (path != nullptr) {
    own.platter = &platter_of(path);
    if (!std::filesystem::exists(path)) {
      if (own.platter->exists) own.platter->unsynced.push_back({0, {}, true});  // its deletion is not durable
      step(make);
    }
  }
  const int result = make();
  own.base.pMethods = own.real()->pMethods == nullptr ? nullptr : &kMethods;
  return result;
}

int remove(sqlite3_vfs*, const char* path, int durably) {
  const auto drop = [&] {
    if (durably != 0) disk().platters[path] = {};
    return disk().real->xDelete(disk().real, path, durably);
  };
  step(drop);
  return drop();
}

}  // namespace

void meet(const Fate& fate) {
  static sqlite3_vfs mortal;
  disk().fate = fate;
  disk().real = sqlite3_vfs_find(nullptr);
  mortal = *disk().real;
  mortal.zName = "mortal";
  mortal.szOsFile = static_cast<int>(sizeof(File)) + disk().real->szOsFile;
  mortal.xOpen = open;
  mortal.xDelete = remove;
  sqlite3_vfs_register(&mortal, 1);
}

}  // namespace xenacm::ledger
