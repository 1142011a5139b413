// can-install.ts — what is built and what macOS has in, whether installing would do anything out.

import { compareBuilds } from '../../model/apple/bundle-version.ts';
import type { BuiltDriver, DriverFacts } from './driver-facts.ts';

export type Decision =
  | { readonly decision: 'install' }
  | { readonly decision: 'upgrade'; readonly from: string }
  | { readonly decision: 'nothing'; readonly words: string }
  | { readonly decision: 'refuse'; readonly words: string; readonly fix: string };

export function canInstall(built: BuiltDriver, { versions }: DriverFacts): Decision {
  const current = versions.find(({ state }) =>
    ['staged', 'waits-for-user', 'disabled', 'waits-to-upgrade'].includes(state.phase),
  );
  if (!current) return { decision: 'install' };
  const { short, build = '' } = current.version;
  const order = compareBuilds(built.build, build);
  if (order > 0) return { decision: 'upgrade', from: `${short} (${build})` };
  if (order < 0) {
    return refuse(
      `Version ${short} (${build}) is installed, which is newer than ${built.short} (${built.build})`,
      'Uninstall it first, or build a newer one.',
    );
  }
  const same =
    current.cdhashes.length === 0 ||
    built.cdhashes.length === 0 ||
    built.cdhashes.some((hash) => current.cdhashes.includes(hash));
  if (same) return { decision: 'nothing', words: `Version ${short} (${build}) is installed already` };
  return refuse(
    `Build ${build} is installed already, and this is another build with the same number: macOS would keep the old one (F68)`,
    'Raise CFBundleVersion and build again.',
  );
}

const refuse = (words: string, fix: string): Decision => ({ decision: 'refuse', words, fix });
