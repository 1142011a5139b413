// vectors.h — a file of test/wire in, its vectors out. The format is told in test/wire/README.md.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "core/bytes.h"

struct Vector {
  std::string name;
  std::vector<uint8_t> bytes;
  std::multimap<std::string, std::string> meaning;

  multiport::Bytes view() const { return {bytes.data(), bytes.size()}; }
  std::string one(const std::string & key) const {
    auto found = meaning.find(key);
    REQUIRE_MESSAGE(found != meaning.end(), name << " has no " << key);
    return found->second;
  }
  std::vector<std::string> all(const std::string & key) const {
    std::vector<std::string> values;
    for (auto [at, end] = meaning.equal_range(key); at != end; ++at) values.push_back(at->second);
    return values;
  }
};

inline void appendHex(std::vector<uint8_t> & bytes, const std::string & text) {
  std::istringstream words{text};
  for (std::string word; words >> word;) {
    size_t star = word.find('*');
    std::string digits = word.substr(0, star);
    size_t times = star == std::string::npos ? 1 : std::stoul(word.substr(star + 1));
    REQUIRE(digits.size() % 2 == 0);
    for (size_t k = 0; k < times; k++)
      for (size_t i = 0; i < digits.size(); i += 2)
        bytes.push_back(static_cast<uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  }
}

inline std::vector<Vector> readVectors(const std::string & file) {
  std::ifstream in{std::string{WIRE_FOLDER "/"} + file};
  REQUIRE_MESSAGE(in.good(), "cannot read " << file);
  std::vector<Vector> vectors;
  for (std::string line; std::getline(in, line);) {
    size_t colon = line.find(": ");
    if (line.empty() || line[0] == '#' || colon == std::string::npos) continue;
    std::string key = line.substr(0, colon), value = line.substr(colon + 2);
    if (key == "name") vectors.push_back({value, {}, {}});
    REQUIRE_MESSAGE(!vectors.empty(), file << " does not start with a name");
    if (key == "bytes")
      appendHex(vectors.back().bytes, value);
    else if (key != "name")
      vectors.back().meaning.emplace(key, value);
  }
  return vectors;
}
