// macos-report.ts — what macOS will do with a device, in words, and what to paste into Info.plist and the entitlements.

import { type Match, ourMatch, type Prediction } from '../../checks/usb/macos/predict.ts';
import type { Subject } from '../../model/usb/subject.ts';
import { shown, wrap } from '../text.ts';
import type { Style } from './style.ts';

export function macosReport(subject: Subject, prediction: Prediction | undefined, style: Style): string[] {
  if (!prediction) return [];
  const { value, reason, certainty } = prediction.configuration;
  const none = subject.tree.configurations.length > 0 ? 'selects no configuration' : 'which configuration it selects';
  const which = value === undefined ? none : `selects configuration ${value}`;
  const isFact = prediction.matches.some((each) => each.certainty === 'fact');
  return [
    `${style.bold(isFact ? 'What macOS does' : 'What macOS will do')}${style.dim(isFact ? ' (from its registry)' : ' without our driver (a prediction)')}`,
    ...item(`${which}: ${reason}`, subject.tree.configurations.length > 0 ? certainty : undefined, style),
    ...grouped(prediction.matches, value).flatMap(({ text, certainty: sure }) => item(text, sure, style)),
    ...item(ourText(subject), undefined, style),
    ...(isFact ? [] : wrap(LEGEND, style.width - 2, 2).map((line) => `  ${style.dim(line)}`)),
    '',
  ];
}

const LEGEND =
  '[seen] in registries people published; [likely], [guess] by published rules that may have changed since';

const item = (text: string, certainty: string | undefined, style: Style) =>
  wrap(`${shown(text)}${certainty && certainty !== 'fact' ? ` [${certainty}]` : ''}`, style.width - 4, 0).map(
    (line, index) => `  ${index === 0 ? '•' : ' '} ${line}`,
  );

interface Group {
  readonly text: string;
  readonly certainty: string;
}

/** Interfaces with the same fate stand on one line; only those of the configuration macOS selects, or of all when it selects none. */
function grouped(matches: readonly Match[], active: number | undefined): Group[] {
  const groups = new Map<string, { readonly match: Match; readonly numbers: number[] }>();
  const shownMatches = matches.filter(
    (each) =>
      each.provider === 'device' ||
      active === undefined ||
      each.configuration === undefined ||
      each.configuration === active,
  );
  for (const match of shownMatches) {
    const key = [match.provider, match.configuration, match.driver, match.reason, match.osInterface].join('|');
    const group = groups.get(key);
    if (group && match.interface !== undefined) group.numbers.push(match.interface);
    else groups.set(key, { match, numbers: match.interface === undefined ? [] : [match.interface] });
  }
  return [...groups.values()].map(({ match, numbers }) => ({
    text: matchText(match, numbers, active),
    certainty: match.certainty,
  }));
}

function matchText(
  { provider, driver, score, keys = [], reason, osInterface, configuration }: Match,
  numbers: readonly number[],
  active: number | undefined,
): string {
  const where = active === undefined && configuration !== undefined ? ` of configuration ${configuration}` : '';
  const what =
    provider === 'device' ? 'the device' : `interface${numbers.length > 1 ? 's' : ''} ${numbers.join(', ')}${where}`;
  const who = driver ?? 'nobody';
  const points = score === undefined ? '' : ` (${score} by ${keys.join(', ')})`;
  return `${what} → ${who}${points}${osInterface ? `, ${osInterface}` : ''}: ${reason}`;
}

function ourText(subject: Subject): string {
  const ours = ourMatch(subject);
  if (!ours) return 'our personality cannot be made: the ids are unknown';
  const against = ours.against > 0 ? `wins over ${ours.against} and then owns every interface` : 'meets no competition';
  return `our personality on the device → ${ours.score} (idVendor, idProduct): ${against}`;
}
