// Known answers of the shared set: JSON documents and numeric CSV files. Tests are skipped where it is
// absent.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace crucible::models_test {

using Json = nlohmann::json;

// Folder of known answers, or empty where there is none.
inline std::string GoldenFolder() {
  const char* const named = std::getenv("CRUCIBLE_SHARED_DIR");
  const std::string folder =
      std::string(named != nullptr ? named : CRUCIBLE_SOURCE_DIR "/../shared") + "/golden";
  return std::filesystem::exists(folder + "/README.md") ? folder : "";
}

#define CRUCIBLE_SKIP_WITHOUT_GOLDEN(folder) \
  const std::string folder = GoldenFolder(); \
  if (folder.empty()) GTEST_SKIP() << "no known answers (CRUCIBLE_SHARED_DIR)"

// The bare token NaN, which the documents use, reads as null.
inline Json ReadJson(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  std::string bytes = text.str();
  for (std::size_t at = bytes.find("NaN"); at != std::string::npos; at = bytes.find("NaN", at)) {
    bytes.replace(at, 3, "null");
  }
  return Json::parse(bytes);
}

inline double Number(const Json& value) { return value.is_null() ? std::nan("") : value.get<double>(); }

// Columns of a CSV file with one header line.
inline std::vector<std::vector<double>> ReadColumns(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::vector<std::vector<double>> columns(
      1 + static_cast<std::size_t>(std::count(line.begin(), line.end(), ',')));
  while (std::getline(file, line)) {
    const char* at = line.c_str();
    for (std::vector<double>& column : columns) {
      char* end = nullptr;
      column.push_back(std::strtod(at, &end));
      at = end + (*end == ',' ? 1 : 0);
    }
  }
  return columns;
}

}  // namespace crucible::models_test
