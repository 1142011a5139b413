import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const ELF = Buffer.from('\x7fELF', 'latin1');
const STREAMS = [
  { magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), command: ['xz', '-dcq', '--single-stream'] },
  { magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), command: ['zstd', '-dcq'] },
] as const;

/**
 * A bzImage in, the ELF kernel inside it out. QEMU starts that one through its PVH entry, which saves the guest unpacking
 * it under emulation. What follows the compressed stream makes the programs complain; only their output counts.
 */
export async function extractKernel(bzImage: string, output: string): Promise<void> {
  const image = readFileSync(bzImage);
  for (const { magic, command } of STREAMS) {
    for (let at = image.indexOf(magic); at >= 0; at = image.indexOf(magic, at + 1)) {
      const [program, ...args] = command;
      const { stdout } = spawnSync(program, args, { input: image.subarray(at), maxBuffer: 1 << 30 });
      if (stdout?.subarray(0, 4).equals(ELF)) {
        writeFileSync(output, stdout);
        return;
      }
    }
  }
  throw new Error(`${bzImage} holds no xz or zstd stream with an ELF kernel in it`);
}
