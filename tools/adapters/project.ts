import { fileURLToPath } from 'node:url';

/** The project's top folder. This file and the bundles in build/tools both lie two folders below it. */
export const PROJECT_ROOT = fileURLToPath(new URL('../../', import.meta.url));
