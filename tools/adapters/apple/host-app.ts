// host-app.ts — requests to sysextd: only an app that contains the extension may make them, so ours does.

import { join } from 'node:path';
import { type HostAppEvent, parseHostAppEvent } from '../../model/apple/host-app-event.ts';
import { type System, TIMED_OUT } from '../system.ts';
import { requireMac } from './mac-only.ts';

export type RequestEnd =
  | { readonly end: 'completed' | 'after-reboot' | 'timed-out' }
  | { readonly end: 'failed'; readonly domain: string; readonly code: number; readonly message: string };

export interface RequestOptions {
  /** Milliseconds. A person may have to go through System Settings; sysextd keeps the request when we stop waiting. */
  readonly timeout: number;
  readonly onEvent: (event: HostAppEvent) => void;
}

export const hostAppProgram = (app: string, name: string): string => join(app, 'Contents/MacOS', name);

export async function requestOfApp(
  system: System,
  program: string,
  action: 'activate' | 'deactivate',
  { timeout, onEvent }: RequestOptions,
): Promise<RequestEnd> {
  requireMac(system, action === 'activate' ? 'Activating a driver' : 'Deactivating a driver');
  let end: RequestEnd | undefined;
  const { exitCode, stderr } = await system.execute(program, [`--${action}`], {
    timeout,
    onLine: (line) => {
      const event = parseHostAppEvent(line);
      if (!event) return;
      end = endOf(event) ?? end;
      onEvent(event);
    },
  });
  if (end) return end;
  if (exitCode === TIMED_OUT) return { end: 'timed-out' };
  // No word at all: macOS ended the app before its main, for which 137 is the usual sign.
  return { end: 'failed', domain: 'exit code', code: exitCode, message: stderr.trim() };
}

function endOf(event: HostAppEvent): RequestEnd | undefined {
  switch (event.event) {
    case 'completed':
      return { end: 'completed' };
    case 'willCompleteAfterReboot':
      return { end: 'after-reboot' };
    case 'failed':
      return { end: 'failed', domain: event.domain, code: event.code, message: event.message };
    default:
      return undefined;
  }
}
