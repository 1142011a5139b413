// predict.ts — a subject in; what macOS will do with the device out: which configuration, which driver on what, and how sure that is.
//
// An input that comes from a running macOS has the answers: then these are facts, and nothing is predicted.

import { idText } from '../../../model/usb/chips.ts';
import { readIdentity } from '../../../model/usb/identity.ts';
import { numberIn } from '../../../model/usb/node.ts';
import type { Subject } from '../../../model/usb/subject.ts';
import type { Configuration, Setting } from '../../../model/usb/tree.ts';
import {
  APPLE_DRIVERS,
  type AppleDriver,
  CDC_COMPOSITE_DRIVER,
  COMPOSITE_DRIVERS,
  type Confidence,
  PREFERRED_CONFIGURATIONS,
} from './apple-drivers.ts';
import { matchScore, type UsbProperties } from './score.ts';

export type Certainty = 'fact' | Confidence;

export interface Match {
  readonly provider: 'device' | 'interface';
  readonly interface?: number;
  readonly configuration?: number;
  /** Undefined: nobody takes it. */
  readonly driver?: string;
  readonly score?: number;
  /** Those of the row that matched. */
  readonly keys?: readonly string[];
  readonly reason: string;
  readonly certainty: Certainty;
  readonly osInterface?: string;
}

export interface Prediction {
  readonly configuration: { readonly value?: number; readonly reason: string; readonly certainty: Certainty };
  readonly matches: readonly Match[];
}

export function predict(subject: Subject): Prediction | undefined {
  const { tree, dump } = subject;
  if (!tree.device || (tree.configurations.length === 0 && !dump.bindings)) return undefined;
  const properties = deviceProperties(subject);
  const configuration = chooseConfiguration(subject, properties);
  const isFact = dump.system === 'macos' && dump.bindings !== undefined;
  return {
    configuration,
    matches: isFact
      ? factMatches(subject)
      : [deviceMatch(subject, properties), ...interfaceMatches(subject, properties)],
  };
}

function deviceProperties({ tree }: Subject): UsbProperties {
  const read = (name: string) => (tree.device ? numberIn(tree.device, name) : 0);
  return {
    provider: 'device',
    idVendor: read('idVendor'),
    idProduct: read('idProduct'),
    bcdDevice: read('bcdDevice'),
    class: read('bDeviceClass'),
    subclass: read('bDeviceSubClass'),
    protocol: read('bDeviceProtocol'),
  };
}

/** Rules in the order in which they beat each other; sources: IOUSBCompositeDriver::ConfigureDevice, AppleUSBCDC::initDevice. */
function chooseConfiguration({ tree, dump, functions }: Subject, device: UsbProperties): Prediction['configuration'] {
  const [first] = tree.configurations;
  if (dump.system === 'macos' && dump.activeConfiguration !== undefined)
    return { value: dump.activeConfiguration, reason: 'its registry says so', certainty: 'fact' };
  if (dump.preferredConfiguration !== undefined)
    return {
      value: dump.preferredConfiguration,
      reason: 'kUSBPreferredConfiguration in the registry',
      certainty: 'fact',
    };
  if (tree.configurations.length === 0) return { reason: 'not in the input', certainty: 'guess' };
  if (device.class === 0xff)
    return { reason: 'device class ff: macOS leaves it unconfigured until a driver selects one', certainty: 'likely' };
  if (tree.configurations.length <= 1)
    return { ...(first && { value: first.value }), reason: 'it is the only one', certainty: 'likely' };
  const preferred = PREFERRED_CONFIGURATIONS[idText(device.idVendor, device.idProduct)];
  if (preferred && tree.configurations.some(({ value }) => value === preferred.value))
    return { value: preferred.value, reason: preferred.source, certainty: 'likely' };
  const communication = tree.configurations.find((each) =>
    each.settings.some((setting) => isPreferredCommunication(setting)),
  );
  if (communication && functions.length > 0 && (device.class === 0 || device.class === 0xef))
    return {
      value: communication.value,
      reason: "the first with a communications interface Apple's CDC driver looked for (the 2015 rule)",
      certainty: 'guess',
    };
  return {
    ...(first && { value: largestPower(tree.configurations).value }),
    reason: 'the one that may use most power, the first among equals (the 2015 rule)',
    certainty: 'guess',
  };
}

/** Communications, but neither NCM nor MBIM nor a modem with a vendor protocol. */
const isPreferredCommunication = ({ triple: [main, sub, protocol] }: Setting) =>
  main === 0x02 && sub !== 0x0d && sub !== 0x0e && !(sub === 0x02 && protocol === 0xff);

const largestPower = (configurations: readonly Configuration[]) =>
  configurations.reduce((best, each) =>
    numberIn(each.node, 'bMaxPower') > numberIn(best.node, 'bMaxPower') ? each : best,
  );

interface Scored {
  readonly driver: AppleDriver;
  readonly score: number;
  readonly keys: readonly string[];
}

function best(drivers: readonly AppleDriver[], properties: UsbProperties): Scored | undefined {
  return drivers
    .map((driver) => ({ driver, ...matchScore(driver.keys, properties) }))
    .filter(({ score }) => score > 0)
    .reduce<Scored | undefined>((winner, each) => (winner && winner.score >= each.score ? winner : each), undefined);
}

function deviceMatch({ tree }: Subject, properties: UsbProperties): Match {
  const found = best(COMPOSITE_DRIVERS, properties);
  if (!found)
    return { provider: 'device', reason: "no driver of Apple's matches this device class", certainty: 'likely' };
  const isHub = properties.class === 0x09;
  const speaksCdc = !isHub && tree.configurations.some(({ settings }) => settings.some(isPreferredCommunication));
  const { name, confidence } = speaksCdc ? CDC_COMPOSITE_DRIVER : found.driver;
  return {
    provider: 'device',
    driver: name,
    score: found.score,
    keys: found.keys,
    reason: found.driver.does,
    certainty: confidence,
  };
}

function interfaceMatches({ tree }: Subject, device: UsbProperties): Match[] {
  return tree.configurations.flatMap(({ value, settings }) =>
    firstSettings(settings).map((setting) => {
      const [main, subclass, protocol] = setting.triple;
      const number = setting.interface;
      const place = { provider: 'interface', interface: number, configuration: value } as const;
      const found = best(APPLE_DRIVERS, {
        ...device,
        ...place,
        class: main,
        subclass,
        protocol,
        bInterfaceNumber: number,
        bConfigurationValue: value,
      });
      if (!found) return { ...place, reason: nobodyText(main, subclass), certainty: 'likely' } as const;
      const { driver, score, keys } = found;
      return {
        ...place,
        driver: driver.name,
        score,
        keys,
        reason: driver.does,
        certainty: driver.confidence,
      };
    }),
  );
}

const firstSettings = (settings: readonly Setting[]) =>
  settings.filter((each, index) => settings.findIndex((other) => other.interface === each.interface) === index);

function nobodyText(main: number, subclass: number): string {
  if (main === 0xff) return 'vendor specific: waits for a driver that names this device';
  if (main === 0xe0 || (main === 0xef && subclass === 0x04)) return 'RNDIS: macOS has no driver';
  return main === 0x02 && subclass === 0x0e ? "MBIM: no driver of Apple's is known" : "no driver of Apple's is known";
}

function factMatches({ dump: { holder, bindings = [], activeConfiguration: active } }: Subject): Match[] {
  const fact = { reason: 'in the registry', certainty: 'fact' } as const;
  const device = holder ? [{ provider: 'device', ...holder, ...fact } as const] : [];
  const interfaces = bindings.map(({ interface: number, driver, osInterface }) => ({
    ...fact,
    provider: 'interface' as const,
    interface: number,
    ...(active !== undefined && { configuration: active }),
    ...(driver ? { driver } : { reason: 'nothing is attached in the registry' }),
    ...(osInterface && { osInterface }),
  }));
  return [...device, ...interfaces];
}

/** How our own personality fares against Apple's best for the device. */
export function ourMatch(subject: Subject): { readonly score: number; readonly against: number } | undefined {
  const identity = readIdentity(subject);
  if (!identity) return undefined;
  const properties = deviceProperties(subject);
  const { score } = matchScore(
    { provider: 'device', idVendor: identity.vendorId, idProduct: identity.productId },
    properties,
  );
  return { score, against: best(COMPOSITE_DRIVERS, properties)?.score ?? 0 };
}
