// ordinary-machine.ts — run before each file of tests: what of the person's machine would change what a test means; nothing is left on it.

import { afterAll } from 'vitest';
import { removeThrowAwayFolders } from './throw-away.ts';

// A test that makes a file others can read means just that, however private this person's new files are.
process.umask(0o022);

afterAll(removeThrowAwayFolders);
