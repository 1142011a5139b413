// framing_bench.cpp — what decoding and encoding with the copy cost, against memcpy of the same bytes. Prints JSON.
//
// The three are measured in turns, a few hundred times, and the medians compared: what else the machine does falls on
// all of them alike. Frames rotate through enough memory to live in the L2 cache, as they do on their way through a
// port.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "core/framing/decode_ntb.h"
#include "core/framing/encode_ntb.h"

using namespace multiport;

namespace {

constexpr uint32_t kFrames = 21;
constexpr uint32_t kFrameBytes = 1514;
constexpr uint32_t kBlockBytes = 32768;
constexpr uint32_t kBlocks = 8;  // 256 KiB each way
constexpr int kRounds = 400;
constexpr int kTurns = 32;  // blocks a round

struct Buffers {
  std::vector<uint8_t> frames = std::vector<uint8_t>(size_t{kBlocks} * kBlockBytes, 0x5a);
  std::vector<uint8_t> blocks = std::vector<uint8_t>(size_t{kBlocks} * kBlockBytes);

  uint8_t * frame(uint32_t block, uint32_t number) {
    return &frames[size_t{block} * kBlockBytes + size_t{number} * kFrameBytes];
  }
  uint8_t * block(uint32_t number) { return &blocks[size_t{number} * kBlockBytes]; }
};

double nanoseconds(auto && work) {
  auto start = std::chrono::steady_clock::now();
  for (uint32_t turn = 0; turn < kTurns; turn++) work(turn % kBlocks);
  auto end = std::chrono::steady_clock::now();
  return std::chrono::duration<double, std::nano>(end - start).count() / (kTurns * kFrames);
}

double median(std::vector<double> & values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

template <typename Format>
void bench(const char * name, bool last) {
  BlockLayout layout = layNtb<Format>({.maxBlockBytes = kBlockBytes, .maxPacketBytes = 1024}, kBlockBytes);
  Buffers buffers;
  uint16_t lengths[kFrames];
  std::fill_n(lengths, kFrames, uint16_t{kFrameBytes});
  uint32_t bytes = 0, taken = 0;

  auto copyIn = [&](uint32_t block) {
    for (uint32_t i = 0; i < kFrames; i++)
      std::memcpy(buffers.block(block) + size_t{i} * kFrameBytes, buffers.frame(block, i), kFrameBytes);
  };
  auto encode = [&](uint32_t block) {
    MutableBytes slot{buffers.block(block), kBlockBytes};
    Placer placer{layout.placement};
    for (uint32_t i = 0; i < kFrames; i++) slot.put(*placer.place(kFrameBytes), {buffers.frame(block, i), kFrameBytes});
    bytes = encodeNtb<Format>(layout, lengths, 0, slot);
  };
  auto copyOut = [&](uint32_t block) {
    for (uint32_t i = 0; i < kFrames; i++)
      std::memcpy(buffers.frame(block, i), buffers.block(block) + size_t{i} * kFrameBytes, kFrameBytes);
  };
  auto decode = [&](uint32_t block) {
    uint32_t number = 0;
    decodeNtb(Bytes{buffers.block(block), bytes},
              [&](Bytes frame) { std::memcpy(buffers.frame(block, number++), frame.data(), frame.size()); });
    taken += number;
  };

  std::vector<double> times[4];
  for (int round = 0; round < kRounds; round++) {
    times[0].push_back(nanoseconds(copyIn));
    times[1].push_back(nanoseconds(encode));
    times[2].push_back(nanoseconds(copyOut));
    nanoseconds(encode);  // blocks to decode
    times[3].push_back(nanoseconds(decode));
  }
  if (bytes == 0 || taken != uint32_t{kRounds} * kTurns * kFrames) std::abort();
  double copiedIn = median(times[0]), encoded = median(times[1]), copiedOut = median(times[2]),
         decoded = median(times[3]);
  std::printf(
      "    {\"framing\": \"%s\", \"frames\": %u, \"frameBytes\": %u, \"encodeToMemcpy\": %.3f, \"decodeToMemcpy\": "
      "%.3f,\n"
      "     \"nanosecondsPerFrame\": {\"memcpyIn\": %.1f, \"encode\": %.1f, \"memcpyOut\": %.1f, \"decode\": "
      "%.1f}}%s\n",
      name, kFrames, kFrameBytes, encoded / copiedIn, decoded / copiedOut, copiedIn, encoded, copiedOut, decoded,
      last ? "" : ",");
}

}  // namespace

int main() {
  std::printf("{\n  \"framing\": [\n");
  bench<Ntb16>("NTB16", false);
  bench<Ntb32>("NTB32", true);
  std::printf("  ]\n}\n");
}
