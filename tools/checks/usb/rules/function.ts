// function.ts — rules on network functions as a whole: data interface, pipes, notifications (NCM 1.1, 5.3; ECM 1.2, 3).

import { tripleText } from '../../../model/usb/class-names.ts';
import { type NetworkFunction, networkFunctions } from '../../../model/usb/functions.ts';
import { isKnown } from '../../../model/usb/node.ts';
import { type Configuration, isBulk } from '../../../model/usb/tree.ts';
import { at, type Rule, type Sighting } from '../finding.ts';

const perFunction =
  (check: (each: NetworkFunction) => readonly Sighting[]): Rule =>
  ({ functions }) =>
    functions.flatMap(check);

const pipes = perFunction(({ control, dataInterface, bulkIn, bulkOut, framing }) => {
  const where = `interface ${control.interface} (${framing})`;
  if (dataInterface === undefined) return [at(control.node, 'CDC-NODATA', `${where} has no data interface`)];
  if (bulkIn && bulkOut) return [];
  const missing = bulkIn ? 'OUT' : bulkOut ? 'IN' : 'IN and OUT';
  return [at(control.node, 'CDC-NODATA', `${where} has no bulk ${missing} pipe in data interface ${dataInterface}`)];
});

/** NCM, MBIM and ECM start and stop by switching between a setting without pipes and one with. */
const settings = perFunction(({ framing, dataSettings }) => {
  const [zero] = dataSettings;
  if (!zero || (framing !== 'NCM' && framing !== 'ECM' && framing !== 'MBIM')) return [];
  const withPipes = dataSettings.find(({ endpoints, alternate }) => alternate === 0 && endpoints.some(isBulk));
  if (withPipes)
    return [at(withPipes.node, 'ALT-PIPES', `data interface ${zero.interface} has its pipes in setting 0`)];
  return dataSettings.length > 1
    ? []
    : [at(zero.node, 'ALT-PIPES', `data interface ${zero.interface} has one setting only`)];
});

const DATA_PROTOCOL: Readonly<Record<string, number>> = { NCM: 1, ECM: 0, MBIM: 2 };

const dataClass = perFunction(({ framing, dataSettings, control }) => {
  const wanted = DATA_PROTOCOL[framing];
  if (wanted === undefined) return [];
  return dataSettings.flatMap(({ node, triple, alternate, interface: number }) => {
    const isTold = ['bInterfaceClass', 'bInterfaceSubClass', 'bInterfaceProtocol'].every((name) => isKnown(node, name));
    if (number === control.interface || !isTold) return [];
    const right = triple[0] === 0x0a && triple[1] === 0 && triple[2] === wanted;
    // MBIM lets a device offer NCM's protocol in a setting of its own (MBIM 1.0, 3.2).
    if (right || (framing === 'MBIM' && tripleText(triple) === '0a/00/01')) return [];
    const expected = tripleText([0x0a, 0, wanted]);
    return [
      at(
        node,
        'CDC-DATACLASS',
        `data interface ${number} setting ${alternate} is ${tripleText(triple)}; ${framing} has ${expected}`,
      ),
    ];
  });
});

/** Notifications are 8 bytes, the speed change is 16 (CDC 1.2, 6.3); ECM may live with the short one. */
const notifications = perFunction(({ framing, control, notification }) => {
  if (framing === 'EEM' || framing === 'MDLM') return [];
  const where = `interface ${control.interface} (${framing})`;
  if (!notification) return [at(control.node, 'CDC-NOTIFY', `${where} has no interrupt pipe`)];
  const size = notification.maxPacketSize & 0x7ff;
  const needed = framing === 'NCM' ? 16 : 8;
  if (size >= needed || !isKnown(notification.node, 'wMaxPacketSize')) return [];
  return [at(notification.node, 'CDC-NOTIFY', `${where} notifies in packets of ${size} bytes; ${needed} are needed`)];
});

const split: Rule = ({ tree }) => tree.configurations.flatMap(splitIn);

function splitIn(configuration: Configuration): Sighting[] {
  const functions = networkFunctions(configuration);
  if (functions.length < 2) return [];
  const lame = functions.filter((each) => !each.bulkIn || !each.bulkOut || !each.notification);
  const seen = `configuration ${configuration.value} has ${functions.length} network functions`;
  const tail =
    lame.length === 0 ? 'each with pipes of its own' : `${lame.length} without pipes or notifications of its own`;
  return [at(configuration.node, 'FUNC-SPLIT', `${seen}, ${tail}`, lame.length > 0 ? 'warn' : 'note')];
}

export const functionRules = [pipes, settings, dataClass, notifications, split];
