const moduleName = (path: string) =>
  path
    .replace(/.*\//, '')
    .replace(/\.ko.*/, '')
    .replaceAll('-', '_');

/**
 * The table `depmod -n` prints and names of modules in; the paths of these and of everything they depend on out, relative to
 * the modules' folder. A name without a file is built into the kernel and left out.
 */
export function modulesWithDependencies(table: string, wanted: readonly string[]): string[] {
  const paths = new Map<string, readonly string[]>();
  for (const line of table.split('\n')) {
    const [path, rest] = line.split(/:\s*/, 2);
    if (!path?.startsWith('kernel/') || rest === undefined) continue;
    paths.set(moduleName(path), [path, ...rest.split(' ').filter((entry) => entry !== '')]);
  }
  return [...new Set(wanted.flatMap((name) => paths.get(name) ?? []))].sort();
}

const FREE_OUT = [3, 4, 5, 6, 8, 9, 10, 11].map((number) => `ep${number}out`);
const FREE_IN = [3, 4, 7, 8, 9].map((number) => `ep${number}in`);
const SIGNATURE_MAGIC = Buffer.from('~Module signature appended~\n');

/**
 * dummy_hcd's generic endpoints ("ep-bin") carry no number; the gadget core numbers them from 1 and so repeats those of the fixed
 * ones, and of several functions the fourth loses an endpoint. Here they get free numbers in their names. The signature
 * is cut off, because a module whose signature does not fit is refused and one without is not.
 */
export function nameGenericEndpoints(module: Buffer): Buffer {
  const patched = Buffer.from(withoutSignature(module));
  const free = { out: [...FREE_OUT], in: [...FREE_IN] };
  for (const letter of 'abcdefghijklm') {
    for (const direction of ['out', 'in'] as const) {
      const generic = Buffer.from(`ep-${letter}${direction}\0`);
      const at = patched.indexOf(generic);
      if (at < 0) continue;
      const name = free[direction].shift();
      if (name === undefined) throw new Error(`dummy_hcd has more generic ${direction} endpoints than free numbers`);
      patched.fill(0, at, at + generic.length).write(name, at, 'latin1');
    }
  }
  return patched;
}

function withoutSignature(module: Buffer): Buffer {
  if (!module.subarray(-SIGNATURE_MAGIC.length).equals(SIGNATURE_MAGIC)) return module;
  const end = module.length - SIGNATURE_MAGIC.length;
  const signatureLength = module.readUInt32BE(end - 4); // the last word of struct module_signature, 12 bytes long
  return module.subarray(0, end - 12 - signatureLength);
}
