import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../tools/adapters/project.ts';

const CAPTURES = join(PROJECT_ROOT, 'test/fixtures/captures');

/** What a program of macOS printed: test/fixtures/captures/INDEX.md says where each file is from. */
export const capture = (path: string): string => readFileSync(join(CAPTURES, path), 'utf8');

/** Names of the captures in a folder, as `capture` takes them. */
export const capturesIn = (folder: string): readonly string[] =>
  readdirSync(join(CAPTURES, folder))
    .sort()
    .map((name) => `${folder}/${name}`);
