// verdict.ts — what macOS knows of our driver in, how far it got and what to do next out.

import type { ExtensionPhase } from '../../model/apple/system-extension.ts';
import type { DriverFacts, KnownVersion } from './driver-facts.ts';

export type Outcome =
  | 'running' // every port has its interface
  | 'ready' // staged; no adapter is plugged in
  | 'not-matched'
  | 'not-started'
  | 'no-interface'
  | 'waits-for-user'
  | 'waits-for-unplug'
  | 'disabled'
  | 'working'
  | 'leaving'
  | 'contradictory'
  | 'unknown'
  | 'absent';

export interface Verdict {
  readonly outcome: Outcome;
  /** One sentence: the last line of every command. */
  readonly words: string;
  /** What to do; undefined when all is well. */
  readonly fix: string | undefined;
}

/** Whether a command that wanted the driver to work is content. */
export const isFine = ({ outcome }: Verdict): boolean => outcome === 'running' || outcome === 'ready';

export const APPROVE =
  'Allow it in System Settings > General > Login Items & Extensions > Driver Extensions (macOS 13 and 14: Privacy & Security), then run tools/install status.';
const UNPLUG = 'Unplug all adapters of this driver and plug them in again, or restart the Mac.';
const EXPLAIN = 'Collect the log as `tools/provision explain --help` says, and let it explain the log.';

export function judge(facts: DriverFacts): Verdict {
  const has = (phase: ExtensionPhase) => facts.versions.find(({ state }) => state.phase === phase);
  const staged = facts.versions.filter(({ state }) => state.phase === 'staged');
  const [current] = staged;
  const waiting = has('waits-for-user');
  if (waiting) return verdict('waits-for-user', `macOS waits for you to allow ${name(waiting)}.`, APPROVE);
  if (staged.length > 1)
    return verdict(
      'contradictory',
      `The records of macOS have ${staged.length} active versions (F72).`,
      'Remove the driver with tools/install uninstall, restart the Mac and install it again.',
    );
  const upgrading = has('waits-to-upgrade');
  const old = has('still-running');
  if (upgrading) return verdict('waits-for-unplug', `${name(upgrading)} waits for the old version to end.`, UNPLUG);
  if (current) return judgeOld(current, facts) ?? judgeRunning(current, facts);
  const disabled = has('disabled');
  if (disabled)
    return verdict(
      'disabled',
      `${name(disabled)} is switched off.`,
      'Switch it on in System Settings > General > Login Items & Extensions > Driver Extensions.',
    );
  const working = has('working');
  if (working)
    return verdict(
      'working',
      `macOS is still at it: ${working.state.word.replaceAll('_', ' ')}.`,
      'Run tools/install status in a moment.',
    );
  if (old) return verdict('leaving', `${name(old)} is being removed and still runs.`, UNPLUG);
  const leaving = has('leaving');
  if (leaving) return verdict('leaving', `${name(leaving)} is being removed.`, 'Run tools/install status in a moment.');
  const strange = has('unknown');
  if (strange)
    return verdict(
      'unknown',
      `${name(strange)} is in a state this tool does not know: ${strange.state.word}.`,
      'Look into System Settings > General > Login Items & Extensions.',
    );
  const gone = has('gone-after-reboot');
  if (gone)
    return verdict(
      'absent',
      `${name(gone)} is removed, and goes away with the next restart.`,
      'tools/install install puts a new version in.',
    );
  return verdict('absent', 'The driver is not installed.', 'tools/install install');
}

/** The new version is staged, and the old one still serves the device: nothing of the new one runs yet. */
function judgeOld(current: KnownVersion, { versions, processes }: DriverFacts): Verdict | undefined {
  const old = versions.find(({ state }) => state.phase === 'still-running');
  if (old) return verdict('waits-for-unplug', `${name(current)} is installed, and ${name(old)} still runs.`, UNPLUG);
  const stale = current.uniqueId === undefined ? [] : processes.filter(({ uniqueId }) => uniqueId !== current.uniqueId);
  if (stale.length === 0) return undefined;
  return verdict(
    'waits-for-unplug',
    `${name(current)} is installed, and an old version still runs as process ${stale.map(({ pid }) => pid).join(', ')}.`,
    UNPLUG,
  );
}

function judgeRunning(current: KnownVersion, { adapters, services, interfaces }: DriverFacts): Verdict {
  const ports = services.filter(({ className }) => className === 'IOUserNetworkEthernet');
  if (adapters === 0) return verdict('ready', `${name(current)} is installed. Plug an adapter in.`, undefined);
  if (services.length === 0)
    return verdict(
      'not-matched',
      `${name(current)} is installed, and does not serve the adapter that is plugged in.`,
      `Plug it in again: a driver that was there first keeps it (F59). If that does not help: ${EXPLAIN}`,
    );
  if (ports.length === 0)
    return verdict('not-started', `${name(current)} matched the adapter, and no port came up.`, EXPLAIN);
  if (interfaces.length < ports.length)
    return verdict('no-interface', `${interfaces.length} of ${ports.length} ports have an interface.`, EXPLAIN);
  const names = interfaces.map(
    (one) => `${one.name} ${one.link === undefined ? 'without a link report (F78)' : one.link}`,
  );
  return verdict('running', `${name(current)} runs: ${names.join(', ')}.`, undefined);
}

const verdict = (outcome: Outcome, words: string, fix: string | undefined): Verdict => ({ outcome, words, fix });

const name = ({ version }: KnownVersion) =>
  `Version ${version.short}${version.build === undefined ? '' : ` (${version.build})`}`;
