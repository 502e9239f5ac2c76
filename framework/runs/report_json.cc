#include "framework/runs/report_json.h"

#include <string>

#include "framework/base/decimal.h"
#include "framework/base/time_text.h"

namespace crucible::runs {
namespace {

nlohmann::ordered_json InstrumentJson(const Instrument& instrument) {
  return {{"venue", instrument.venue},
          {"symbol", instrument.symbol},
          {"currency", instrument.currency},
          {"settle_currency", instrument.settle_currency},
          {"price_decimals", instrument.price_decimals},
          {"quantity_decimals", instrument.quantity_decimals},
          {"tick_size", FormatDecimal(instrument.tick_size.units, instrument.price_decimals)},
          {"lot_size", FormatDecimal(instrument.lot_size.units, instrument.quantity_decimals)},
          {"multiplier", instrument.multiplier},
          {"contract", instrument.contract == Contract::kInverse ? "inverse" : "linear"}};
}

nlohmann::ordered_json FindingJson(const decode::Finding& finding) {
  return {{"name", finding.name},     {"severity", std::string(decode::Name(finding.severity))},
          {"count", finding.count},   {"first", decode::ToString(finding.first)},
          {"detail", finding.detail}, {"advice", finding.advice}};
}

}  // namespace

nlohmann::ordered_json ReportJson(const decode::ImportReport& report) {
  nlohmann::ordered_json json;
  json["format"] = report.format;
  json["files"] = nlohmann::ordered_json::array();
  for (const auto& file : report.files) json["files"].push_back({{"path", file.path}, {"bytes", file.bytes}});
  json["instruments"] = nlohmann::ordered_json::array();
  for (const auto& instrument : report.instruments) json["instruments"].push_back(InstrumentJson(instrument));
  json["completeness"] = std::string(decode::Name(report.completeness));
  json["window_levels"] = report.window_levels;
  json["records"] = report.records;
  for (const auto& count : report.counts) json["counts"][count.kind] = count.count;
  json["first_time"] = FormatTimestamp(report.first_time);
  json["last_time"] = FormatTimestamp(report.last_time);
  json["clock_offset_ns"] = report.clock_offset.nanos;
  json["clock_offset_estimated"] = report.clock_offset_estimated;
  json["min_feed_latency_ns"] = report.min_feed_latency.nanos;
  json["max_feed_latency_ns"] = report.max_feed_latency.nanos;
  json["utc_offset_ns"] = report.utc_offset.nanos;
  for (const auto& measure : report.measures) json["measures"][measure.name] = measure.value;
  json["findings"] = nlohmann::ordered_json::array();
  for (const auto& finding : report.findings) json["findings"].push_back(FindingJson(finding));
  return json;
}

}  // namespace crucible::runs
