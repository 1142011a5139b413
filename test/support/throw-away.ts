// throw-away.ts — folders for one file of tests, which ordinary-machine.ts removes behind it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();

export function throwAwayFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'multiport-'));
  folders.add(folder);
  return folder;
}

export function removeThrowAwayFolders(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}
