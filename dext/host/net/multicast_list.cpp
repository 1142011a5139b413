#include "host/net/multicast_list.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace multiport::host {

namespace {

// The next word of `line`, which gets shorter by it.
std::string_view takeWord(std::string_view & line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  auto word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

bool parseAddress(std::string_view digits, MacAddress & address) {
  if (digits.size() != 2 * address.size()) return false;
  for (size_t i = 0; i < address.size(); i++) {
    auto * first = digits.data() + 2 * i;
    if (auto parsed = std::from_chars(first, first + 2, address[i], 16); parsed.ptr != first + 2) return false;
  }
  return true;
}

}  // namespace

std::vector<MacAddress> parseMulticastList(std::string_view text, std::string_view name) {
  std::vector<MacAddress> list;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    takeWord(line);
    if (takeWord(line) != name) continue;
    takeWord(line);
    takeWord(line);
    MacAddress address;
    if (parseAddress(takeWord(line), address)) list.push_back(address);
  }
  std::ranges::sort(list);
  return list;
}

Result<std::vector<MacAddress>> readMulticastList(const Fd & file, std::string_view name) {
  std::string text;
  char part[4096];
  while (true) {
    ssize_t got = ::pread(file.get(), part, sizeof part, static_cast<off_t>(text.size()));
    if (got < 0) return systemError("read /proc/net/dev_mcast");
    if (got == 0) return parseMulticastList(text, name);
    text.append(part, static_cast<size_t>(got));
  }
}

}  // namespace multiport::host
