#include "framework/decode/json_tree.h"

#include <simdjson.h>

#include "absl/strings/str_format.h"
#include "framework/decode/line_reader.h"

namespace crucible::decode {
namespace {

namespace ondemand = simdjson::ondemand;
static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);

constexpr int kMaxDepth = 32;

std::string_view Trimmed(std::string_view token) {
  while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
  if (token.size() >= 2 && token.front() == '"' && token.back() == '"') {
    return token.substr(1, token.size() - 2);
  }
  return token;
}

}  // namespace

struct JsonTree::Builder {
  ondemand::parser parser;

  simdjson::error_code Add(ondemand::value value, std::string_view key, int depth, std::vector<Node>& nodes) {
    if (depth > kMaxDepth) return simdjson::DEPTH_ERROR;
    ondemand::json_type type;
    if (const auto error = value.type().get(type)) return error;
    const std::size_t at = nodes.size();
    nodes.push_back({JsonNode::Type::kScalar, 0, 0, key, {}});
    simdjson::error_code error = simdjson::SUCCESS;
    if (type == ondemand::json_type::object) {
      nodes[at].type = JsonNode::Type::kObject;
      error = AddMembers(value, at, depth, nodes);
    } else if (type == ondemand::json_type::array) {
      nodes[at].type = JsonNode::Type::kArray;
      error = AddItems(value, at, depth, nodes);
    } else {
      nodes[at].text = Trimmed(value.raw_json_token());
      error = Consume(value, type);
    }
    nodes[at].next = static_cast<std::uint32_t>(nodes.size());
    return error;
  }

  // The text is taken raw; this only checks that it is what it seems to be.
  static simdjson::error_code Consume(ondemand::value& value, ondemand::json_type type) {
    if (type == ondemand::json_type::string) return value.get_raw_json_string().error();
    if (type == ondemand::json_type::boolean) return value.get_bool().error();
    if (type == ondemand::json_type::null) return value.is_null().error();
    return value.get_double().error();
  }

  simdjson::error_code AddMembers(ondemand::value& value, std::size_t at, int depth,
                                  std::vector<Node>& nodes) {
    ondemand::object object;
    if (const auto error = value.get_object().get(object)) return error;
    for (auto field : object) {
      std::string_view name;
      if (const auto error = field.unescaped_key().get(name)) return error;
      ondemand::value member;
      if (const auto error = field.value().get(member)) return error;
      ++nodes[at].children;
      if (const auto error = Add(member, name, depth + 1, nodes)) return error;
    }
    return simdjson::SUCCESS;
  }

  simdjson::error_code AddItems(ondemand::value& value, std::size_t at, int depth, std::vector<Node>& nodes) {
    ondemand::array array;
    if (const auto error = value.get_array().get(array)) return error;
    for (auto element : array) {
      ondemand::value item;
      if (const auto error = element.get(item)) return error;
      ++nodes[at].children;
      if (const auto error = Add(item, {}, depth + 1, nodes)) return error;
    }
    return simdjson::SUCCESS;
  }
};

JsonTree::JsonTree() : nodes_(1), builder_(std::make_unique<Builder>()) {}
JsonTree::~JsonTree() = default;

std::string JsonTree::Parse(std::string_view json) {
  nodes_.resize(1);
  ondemand::document document;
  ondemand::value value;
  const simdjson::padded_string_view padded(json.data(), json.size(), json.size() + kLinePadding);
  simdjson::error_code error = builder_->parser.iterate(padded).get(document);
  if (!error) error = document.get_value().get(value);
  if (!error) error = builder_->Add(value, {}, 0, nodes_);
  if (!error && document.current_location().error() == simdjson::SUCCESS) error = simdjson::TRAILING_CONTENT;
  if (!error) return "";
  nodes_.resize(1);
  return absl::StrFormat("not JSON: %s", simdjson::error_message(error));
}

JsonNode::Type JsonNode::type() const {
  return at_ < tree_->nodes_.size() ? tree_->nodes_[at_].type : Type::kMissing;
}

std::string_view JsonNode::text() const { return exists() ? tree_->nodes_[at_].text : std::string_view(); }
std::string_view JsonNode::key() const { return exists() ? tree_->nodes_[at_].key : std::string_view(); }
std::uint32_t JsonNode::size() const { return exists() ? tree_->nodes_[at_].children : 0; }

JsonNode::Iterator JsonNode::begin() const { return {tree_, size() == 0 ? 0 : at_ + 1}; }
JsonNode::Iterator JsonNode::end() const { return {tree_, size() == 0 ? 0 : tree_->nodes_[at_].next}; }
JsonNode::Iterator& JsonNode::Iterator::operator++() {
  at_ = tree_->nodes_[at_].next;
  return *this;
}

JsonNode JsonNode::operator[](std::string_view key) const {
  if (!is_object()) return {tree_, 0};
  for (const JsonNode member : *this) {
    if (member.key() == key) return member;
  }
  return {tree_, 0};
}

JsonNode JsonNode::operator[](std::size_t index) const {
  if (!is_array() || index >= size()) return {tree_, 0};
  Iterator item = begin();
  while (index-- > 0) ++item;
  return *item;
}

}  // namespace crucible::decode
