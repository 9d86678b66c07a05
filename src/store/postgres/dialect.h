#pragma once

#include <cstddef>
#include <string>

#include "store/relational/sql.h"

/// The shared statements in PostgreSQL's words, and for many rows at once. Pure text.
namespace suki::store::postgres {

/// The schema that holds all tables (POSTGRES rule 9: never `public`).
inline constexpr const char* kSchema = "suki";

/// `$1` for `?1`, tables with their schema.
std::string single_form(const relational::Sql& sql);

/// A statement for any number of rows or keys, whose parameters are arrays, one a column:
///   insert into t (a, b) values (?1, ?2) …      insert into t (a, b) select * from unnest($1::bigint[], $2::text[]) …
///   update t set b = ?2 where a = ?1            update t set b = p.c2 from unnest(…) as p(c1, c2) where a = p.c1
///   delete from t where a = ?1                  delete from t using unnest(…) as p(c1) where a = p.c1
///   select b from t where a = ?1 order by b     select b from t, unnest(…) as p(c1) where a = p.c1 order by b
/// `kinds` has a letter for each parameter: i (bigint), t (text), b (bytea).
std::string many_form(const relational::Sql& sql, const std::string& kinds);
/// The highest parameter.
std::size_t count_parameters(const relational::Sql& sql);

/// How many leading parameters say which row is meant: those of the conflict's columns, or of the `where`. Two rows of one
/// statement must differ in them.
std::size_t key_parameters(const relational::Sql& sql);

}  // namespace suki::store::postgres
