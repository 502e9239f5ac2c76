// Strict reading of a TOML table: every key is asked for by name and type, and what nobody asked for is an
// error.
//
// The first error is kept: it names file, line, key, the value found and what would be valid; for an unknown
// key, the nearest known one.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/status.h"
#include "framework/base/units.h"

namespace crucible::runs {

class ConfigTable {
 public:
  // `name` is the table's own ("venue"), "" for the root. All three outlive the object.
  ConfigTable(const toml::table& table, std::string file, std::string name, absl::Status& error);

  bool Has(std::string_view key) const;
  // Whether the value is exactly this text.
  bool IsText(std::string_view key, std::string_view text) const;
  void Text(std::string_view key, std::string& out);
  void Integer(std::string_view key, std::int64_t minimum, std::int64_t maximum, std::int64_t& out);
  void Number(std::string_view key, double minimum, double maximum, double& out);
  void Truth(std::string_view key, bool& out);
  void Duration(std::string_view key, crucible::Duration& out);  // "250ms"
  void Choice(std::string_view key, const std::vector<std::string>& choices, std::string& out);
  // A number that stays text, so that no digit is lost: "0.003" or 0.003; spelled in one way.
  void Decimal(std::string_view key, std::string& out);
  // The same, not below zero.
  void Limit(std::string_view key, std::string& out);
  // An array of texts.
  void Texts(std::string_view key, std::vector<std::string>& out);
  // Any scalars, as text.
  void Scalars(std::string_view key, std::map<std::string, std::string>& out);
  // A table of such tables, by name.
  void ScalarTables(std::string_view key, std::map<std::string, std::map<std::string, std::string>>& out);
  void Table(std::string_view key, const std::function<void(ConfigTable&)>& read);
  // Tables of [[key]], in the order of the file.
  void Tables(std::string_view key, const std::function<void(ConfigTable&)>& read);
  // Call last: reports keys that nobody asked for.
  void Finish();
  // Keeps the first error; `key` may be "".
  void Fail(std::string_view key, const std::string& what);

 private:
  const toml::node* Find(std::string_view key);
  std::string Where(const toml::node& node) const;

  const toml::table& table_;
  std::string file_;
  std::string name_;
  absl::Status& error_;
  std::vector<std::string> known_;
};

// A scalar as it would be written: no quotes, full precision. "" for tables and arrays.
std::string ScalarText(const toml::node& node);
// A text as a TOML value, quoted.
std::string QuotedText(const std::string& text);

}  // namespace crucible::runs
