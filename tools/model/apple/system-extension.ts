// system-extension.ts — what sysextd says of an extension: its states and their meaning.

/** What a state means for somebody who waits for a driver. */
export type ExtensionPhase =
  | 'staged' // accepted; runs as soon as a device matches. Not the same as running
  | 'working' // macOS is at it: look again
  | 'waits-for-user'
  | 'disabled' // the user switched it off
  | 'waits-to-upgrade' // the new version waits for the old one to end
  | 'still-running' // an old version on its way out, still executing
  | 'gone-after-reboot'
  | 'leaving'
  | 'gone'
  | 'unknown';

/** The words of db.plist; `systemextensionsctl list` prints them with spaces. */
const PHASES: Readonly<Record<string, ExtensionPhase>> = {
  activated_enabled: 'staged',
  activated_disabled: 'disabled',
  activated_waiting_for_user: 'waits-for-user',
  activated_enabling: 'working',
  activated_waiting_to_upgrade: 'waits-to-upgrade',
  activated_waiting_to_upgrade_on_reboot: 'waits-to-upgrade',
  terminated_waiting_to_uninstall_on_reboot: 'gone-after-reboot',
  terminating_for_uninstall: 'leaving',
  terminating_for_uninstall_but_still_running: 'still-running',
  terminating_for_uninstall_via_delegate: 'still-running',
  terminating_for_upgrade_via_delegate: 'still-running',
  terminating_for_disable: 'leaving',
  terminating_for_disable_but_still_running: 'still-running',
  realizing: 'working',
  staging: 'working',
  validating: 'working',
  validating_by_category: 'working',
  uninstalling: 'leaving',
  uninstalled: 'gone',
};

export const EXTENSION_STATES: readonly string[] = Object.keys(PHASES);

export interface ExtensionState {
  /** As db.plist writes it, with underscores, whether we know it or not. */
  readonly word: string;
  readonly phase: ExtensionPhase;
}

/** A state as db.plist or `systemextensionsctl` writes it. One we do not know keeps its word and is `unknown`. */
export function extensionState(text: string): ExtensionState {
  const word = text.trim().toLowerCase().replaceAll(/\s+/g, '_');
  return { word, phase: Object.hasOwn(PHASES, word) ? (PHASES[word] ?? 'unknown') : 'unknown' };
}

export interface ExtensionVersion {
  readonly short: string;
  /** CFBundleVersion, which decides upgrades. Absent where a list leaves it out. */
  readonly build: string | undefined;
}

/** One row of sysextd's knowledge, from `systemextensionsctl list` or from db.plist. */
export interface SystemExtension {
  readonly identifier: string;
  readonly version: ExtensionVersion;
  readonly state: ExtensionState;
  /** Ten characters; absent for an ad-hoc signature. */
  readonly team: string | undefined;
  readonly category: string | undefined;
}

export const DRIVER_CATEGORY = 'com.apple.system_extension.driver_extension';
