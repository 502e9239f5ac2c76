// A JSON document as a tree of texts: numbers keep the digits that the sender wrote.
//
//   JsonTree tree;
//   if (std::string wrong = tree.Parse(line); !wrong.empty()) return ErrorAt(reader, wrong);
//   for (JsonNode level : tree.root()["bids"]) ReadPrice(level[0].text());
//
// Missing members and items are nodes too, with empty text and without children, so lookups chain. Nodes and
// texts are valid until the next Parse(). Strings keep their escapes: no vendor's names or numbers have any.
// Threads: thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crucible::decode {

class JsonTree;

class JsonNode {
 public:
  enum class Type : std::uint8_t { kMissing, kScalar, kArray, kObject };

  class Iterator {
   public:
    Iterator(const JsonTree* tree, std::uint32_t at) : tree_(tree), at_(at) {}
    JsonNode operator*() const { return {tree_, at_}; }
    Iterator& operator++();
    friend bool operator!=(const Iterator& a, const Iterator& b) { return a.at_ != b.at_; }

   private:
    const JsonTree* tree_;
    std::uint32_t at_;
  };

  JsonNode(const JsonTree* tree, std::uint32_t at) : tree_(tree), at_(at) {}

  Type type() const;
  bool exists() const { return type() != Type::kMissing; }
  bool is_array() const { return type() == Type::kArray; }
  bool is_object() const { return type() == Type::kObject; }
  // Of a scalar, without quotes.
  std::string_view text() const;
  // Of a member of an object.
  std::string_view key() const;
  std::uint32_t size() const;
  JsonNode operator[](std::string_view key) const;
  JsonNode operator[](std::size_t index) const;
  Iterator begin() const;
  Iterator end() const;

 private:
  const JsonTree* tree_;
  std::uint32_t at_;
};

class JsonTree {
 public:
  JsonTree();
  ~JsonTree();

  // Empty on success, else what is wrong. REQUIRES: kLinePadding readable bytes after `json`.
  std::string Parse(std::string_view json);
  JsonNode root() const { return {this, 1}; }

 private:
  friend class JsonNode;
  struct Builder;
  // Nodes in document order; `next` is the one behind the last descendant.
  struct Node {
    JsonNode::Type type = JsonNode::Type::kMissing;
    std::uint32_t next = 0;
    std::uint32_t children = 0;
    std::string_view key;
    std::string_view text;
  };

  std::vector<Node> nodes_;  // [0] is the missing node
  std::unique_ptr<Builder> builder_;
};

}  // namespace crucible::decode
