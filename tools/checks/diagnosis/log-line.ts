// log-line.ts — a log in any style somebody may send in, its messages with process and line number out.

export interface LogLine {
  /** Counted from 1 in the text given, so that a finding can be looked up. */
  readonly number: number;
  /** Lower case, without path; undefined where the style does not tell. */
  readonly process: string | undefined;
  readonly message: string;
}

const TIME = String.raw`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)? ?(?:[+-]\d{4}|Z)?`;

/** Each pattern has the groups `process` and `message`; the first that fits decides. */
const STYLES: readonly RegExp[] = [
  // log show: time, thread, type, activity, pid, ttl, process: (sender) [subsystem:category] message
  new RegExp(`^${TIME}\\s+0x[0-9a-f]+\\s+\\w+\\s+0x[0-9a-f]+\\s+\\d+\\s+\\d+\\s+(?<process>[^:]+): (?<message>.*)$`),
  // log show --style compact: time, one or two letters, process[pid:thread] message
  new RegExp(`^${TIME}\\s+[A-Z][a-z]?\\s+(?<process>[\\w.-]+)\\[[\\da-f:]+\\]\\s+(?<message>.*)$`),
  // log show --style syslog: time host process[pid]: message
  new RegExp(`^${TIME}\\s+\\S+\\s+(?<process>[\\w.-]+)\\[\\d+\\]:\\s+(?<message>.*)$`),
  // Console, copied: type, time, process, message between tabs
  new RegExp(`^\\w+\\t${TIME}\\t(?<process>[^\\t]+)\\t(?<message>.*)$`),
  // Names only, in front of a colon or of nothing but a space.
  /^(?:driverkit )?(?<process>kernel|sysextd|amfid|taskgated-helper|kernelmanagerd|syspolicyd|applesystempolicy):? (?<message>.*)$/i,
];

/** Messages in order. A line that continues the message before it (as amfid's do) is part of that message. */
export function parseLog(text: string): readonly LogLine[] {
  const trimmed = text.trimStart();
  if (trimmed.startsWith('[')) {
    const entries = jsonOf(trimmed);
    if (Array.isArray(entries)) return entries.flatMap((entry, index) => entryOf(entry, index + 1));
  }
  const lines: LogLine[] = [];
  let columns = false;
  text.split(/\r?\n/).forEach((line, index) => {
    const number = index + 1;
    if (line.startsWith('{')) lines.push(...entryOf(jsonOf(line), number));
    else if (line.trim() === '' || /^Timestamp\s+Thread\s/.test(line)) return;
    else {
      const parsed = readStyles(line, number);
      const previous = lines.at(-1);
      if (parsed.process === undefined && columns && previous) {
        lines[lines.length - 1] = { ...previous, message: `${previous.message}\n${line}` };
      } else lines.push(parsed);
      columns ||= new RegExp(TIME).test(line);
    }
  });
  return lines;
}

function readStyles(line: string, number: number): LogLine {
  for (const style of STYLES) {
    const found = style.exec(line)?.groups;
    if (found) return { number, process: processName(found.process ?? ''), message: found.message ?? '' };
  }
  return { number, process: undefined, message: line.trim() };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One entry of `log show --style ndjson` or `json`; nothing when it has no message, such as the closing count. */
function entryOf(entry: unknown, number: number): LogLine[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const { eventMessage, processImagePath } = entry as Record<string, unknown>;
  if (typeof eventMessage !== 'string') return [];
  return [
    {
      number,
      process: typeof processImagePath === 'string' ? processName(processImagePath) : undefined,
      message: eventMessage,
    },
  ];
}

const processName = (path: string) => (path.split('/').at(-1) ?? path).trim().toLowerCase();
