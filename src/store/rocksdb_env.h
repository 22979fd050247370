// Puts a FileSystem under RocksDB, so that a state folder can lie on a simulated disk.
//
//   std::unique_ptr<rocksdb::Env> env = MakeRocksDbEnv(disk);
//   options.env = env.get();                     // outlives the database
//
// For tests: real state folders use RocksDB's own access to files, which knows more tricks. RocksDB
// reports what the disk says: no space, not found, or an I/O error with the file's name. Its
// chatter (LOG) is dropped: it comes by the clock. May be used from several threads.
#pragma once

#include <memory>

#include "core/file_system.h"

namespace rocksdb {
class Env;
}

namespace vedette {

// `files` outlives the Env.
std::unique_ptr<rocksdb::Env> MakeRocksDbEnv(FileSystem& files);

}  // namespace vedette
