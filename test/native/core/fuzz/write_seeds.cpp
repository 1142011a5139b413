// write_seeds.cpp — a file of test/wire in, one seed for each of its vectors out: write_seeds FILE KEY FOLDER.
#define DOCTEST_CONFIG_IMPLEMENT
#include <filesystem>

#include "core/vectors.h"

int main(int count, char ** words) {
  if (count != 4) return 2;
  doctest::Context context;
  context.setAsDefaultForAssertsOutOfTestCases();
  std::filesystem::remove_all(words[3]);  // also what the last run found: each starts from the vectors alone
  std::filesystem::create_directories(words[3]);
  size_t number = 0;
  for (const Vector & vector : readVectors(words[1])) {
    std::vector<uint8_t> bytes = vector.bytes;
    for (const std::string & text : vector.all(words[2])) appendHex(bytes, text);
    std::ofstream seed{std::filesystem::path{words[3]} / std::to_string(number++), std::ios::binary};
    seed.write(reinterpret_cast<const char *>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  return number > 0 ? 0 : 1;
}
