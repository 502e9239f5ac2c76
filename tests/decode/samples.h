// A small input of each format, made by hand: what mutation tests and fuzzers start from.
#pragma once

#include <string>
#include <vector>

namespace crucible::decode {

struct Sample {
  std::string format;
  std::string path;
  std::string bytes;
  std::string side_path;  // an orderbook file beside it; empty where there is none
  std::string side_bytes;
  std::string symbol;  // --symbol, where neither name nor content tell it
};

std::vector<Sample> Samples();

}  // namespace crucible::decode
