/** The CMake preset whose daemon and driver the tests run: `dev` is what people use, `asan` and `tsan` watch themselves. */
export const PRESET = process.env.MULTIPORT_TEST_PRESET ?? 'dev';

export const isSanitized = PRESET !== 'dev';
