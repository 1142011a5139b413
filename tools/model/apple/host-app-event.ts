// host-app-event.ts — a line the host app prints in, what happened to its request out. The app: dext/app/ExtensionEvent.swift.

import type { ExtensionVersion } from './system-extension.ts';

export type HostAppEvent =
  | { readonly event: 'submitted' | 'needsApproval' | 'completed' | 'willCompleteAfterReboot' | 'properties' }
  | { readonly event: 'replacing'; readonly existing: ExtensionVersion; readonly new: ExtensionVersion }
  | { readonly event: 'failed'; readonly domain: string; readonly code: number; readonly message: string };

/** Undefined for a line that is none of the app's: frameworks print, too. */
export function parseHostAppEvent(line: string): HostAppEvent | undefined {
  const fields = objectIn(line);
  switch (fields?.event) {
    case 'submitted':
    case 'needsApproval':
    case 'completed':
    case 'willCompleteAfterReboot':
    case 'properties':
      return { event: fields.event };
    case 'replacing':
      return { event: 'replacing', existing: version(fields.existing), new: version(fields.new) };
    case 'failed':
      return { event: 'failed', domain: text(fields.domain), code: Number(fields.code), message: text(fields.message) };
    default:
      return undefined;
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');

function version(value: unknown): ExtensionVersion {
  const { version: short, build } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  return { short: text(short), build: text(build) };
}

function objectIn(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
