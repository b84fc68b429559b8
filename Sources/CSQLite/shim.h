#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast, which Swift's importer does not see: SQLite makes a copy of the bytes before the call returns.
static inline int culprit_bind_bytes(sqlite3_stmt *statement, int place, const void *bytes, int count) {
  return sqlite3_bind_blob(statement, place, count > 0 ? bytes : "", count, SQLITE_TRANSIENT);
}
