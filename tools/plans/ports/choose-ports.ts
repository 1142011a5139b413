// choose-ports.ts — a port as a person names it in, the port out.

import { EXIT, UserError } from '../../model/user-error.ts';
import type { AdapterView, PortView } from './look.ts';

export interface ChosenPort {
  readonly view: AdapterView;
  readonly port: PortView;
}

export const allPorts = (views: readonly AdapterView[]): readonly ChosenPort[] =>
  views.flatMap((view) => view.ports.map((port) => ({ view, port })));

/**
 * A port by its number on the case (`3`), `SERIAL:3` where several adapters have one, its OS interface (`en7`) or its label.
 * Throws a UserError that lists what there is when none or several answer to the name.
 */
export function choosePort(name: string, views: readonly AdapterView[]): ChosenPort {
  const ports = allPorts(views);
  const ways: readonly ((chosen: ChosenPort) => boolean)[] = [
    ({ view, port }) => name === `${view.device.serial}:${port.report.number}`,
    ({ port }) => name === String(port.report.number),
    ({ port }) => name === port.interface,
    ({ port }) => name.toLowerCase() === port.report.label.toLowerCase(),
  ];
  for (const way of ways) {
    const found = ports.filter(way);
    const [first, ...others] = found;
    if (first && others.length === 0) return first;
    if (first)
      throw new UserError(`${name} could be ${found.length} ports`, `Say one of: ${namesOf(found)}`, EXIT.unusable);
  }
  throw new UserError(`There is no port ${name}`, `There are: ${namesOf(ports)}`, EXIT.unusable);
}

/** The name no other port has. */
export const exactName = ({ view, port }: ChosenPort) =>
  view.device.serial === ''
    ? (port.interface ?? String(port.report.number))
    : `${view.device.serial}:${port.report.number}`;

const namesOf = (ports: readonly ChosenPort[]) => ports.map(exactName).join(', ');
