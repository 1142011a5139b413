// functions.ts — configurations in, network functions out: which interfaces make a port, by which framing, through which pipes.
//
// A function's data interface is named by its union descriptor (CDC 1.2, 5.2.3.2); without one, by the association of two
// interfaces, as Linux' cdc_ncm does; without either, it is the next interface.

import { CDC_SUBTYPE } from './layouts/cdc.ts';
import { TYPE } from './layouts/standard.ts';
import { type DescriptorNode, fieldValue, numberIn } from './node.ts';
import { type Configuration, type Endpoint, isBulk, isIn, isInterrupt, type Setting } from './tree.ts';

export type Framing = 'NCM' | 'ECM' | 'MBIM' | 'RNDIS' | 'EEM' | 'MDLM' | 'vendor';

export interface NetworkFunction {
  readonly configuration: Configuration;
  readonly framing: Framing;
  readonly control: Setting;
  /** The data interface's number; undefined when none can be found. */
  readonly dataInterface: number | undefined;
  readonly dataSettings: readonly Setting[];
  readonly bulkIn: Endpoint | undefined;
  readonly bulkOut: Endpoint | undefined;
  readonly notification: Endpoint | undefined;
  readonly union: DescriptorNode | undefined;
  readonly association: DescriptorNode | undefined;
  /** String index of the MAC address; undefined without an Ethernet functional descriptor, 0 when it names none. */
  readonly macString: number | undefined;
  readonly segmentSize: number | undefined;
  readonly labelStrings: readonly number[];
}

/** The framing the class triple of a control interface stands for; undefined for anything that is no network function. */
export function framingOf([main, sub, protocol]: readonly [number, number, number]): Framing | undefined {
  if (main === 0x02) {
    const byModel: Readonly<Record<number, Framing>> = { 6: 'ECM', 10: 'MDLM', 12: 'EEM', 13: 'NCM', 14: 'MBIM' };
    return sub === 0x02 && protocol === 0xff ? 'RNDIS' : byModel[sub];
  }
  if (main === 0xe0 && sub === 0x01 && protocol === 0x03) return 'RNDIS';
  return main === 0xef && sub === 0x04 && protocol === 0x01 ? 'RNDIS' : undefined;
}

/** CDC descriptor `subtype` of a setting; the first when there are several. */
export const functional = (setting: Setting, subtype: number): DescriptorNode | undefined =>
  setting.classSpecific.find((node) => node.type === TYPE.classInterface && node.subtype === subtype);

/** Every network function of a configuration, in the order of its control interfaces. */
export function networkFunctions(configuration: Configuration): NetworkFunction[] {
  const seen = new Set<number>();
  return configuration.settings.flatMap((setting) => {
    const framing = framingOf(setting.triple);
    if (framing === undefined || seen.has(setting.interface)) return [];
    seen.add(setting.interface);
    return [readFunction(configuration, setting, framing)];
  });
}

/** Framings whose control interface may have the pipes itself. */
const MAY_STAND_ALONE: ReadonlySet<Framing> = new Set(['MDLM', 'NCM', 'ECM']);

function readFunction(configuration: Configuration, control: Setting, framing: Framing): NetworkFunction {
  const association = associationOf(configuration, control.interface);
  const union = functional(control, CDC_SUBTYPE.union);
  const ownPipes = usablePipes(control).length >= 2;
  const selfContained = framing === 'EEM' || (MAY_STAND_ALONE.has(framing) && ownPipes);
  const dataInterface = selfContained ? control.interface : dataInterfaceOf(configuration, control, union, association);
  const dataSettings = configuration.settings.filter((each) => each.interface === dataInterface);
  const pipes = dataSettings.map(usablePipes).find((endpoints) => endpoints.length >= 2) ?? [];
  const ethernet = functional(control, CDC_SUBTYPE.ethernet) ?? misplaced(configuration, CDC_SUBTYPE.ethernet);
  return {
    configuration,
    framing,
    control,
    dataInterface,
    dataSettings,
    bulkIn: pipes.find(isIn),
    bulkOut: pipes.find((each) => !isIn(each)),
    notification: control.endpoints.find((each) => isInterrupt(each) && isIn(each)),
    union,
    association,
    macString: ethernet && fieldValue(ethernet, 'iMACAddress'),
    segmentSize: segmentSizeOf(control, ethernet),
    labelStrings: labelStrings(control, association),
  };
}

/** Bulk endpoints that can carry something: a packet size of 0 cannot. */
const usablePipes = ({ endpoints }: Setting) => endpoints.filter((each) => isBulk(each) && each.maxPacketSize > 0);

/** A CDC descriptor in front of all interfaces: some devices put theirs there. */
const misplaced = (configuration: Configuration, subtype: number): DescriptorNode | undefined =>
  configuration.misplaced.find((node) => node.type === TYPE.classInterface && node.subtype === subtype);

const segmentSizeOf = (control: Setting, ethernet: DescriptorNode | undefined) => {
  const node = functional(control, CDC_SUBTYPE.mbim) ?? ethernet;
  return node && fieldValue(node, 'wMaxSegmentSize');
};

const labelStrings = (control: Setting, association: DescriptorNode | undefined) =>
  [association ? numberIn(association, 'iFunction') : 0, numberIn(control.node, 'iInterface')].filter(
    (index) => index > 0,
  );

/** The association that covers interface `number`. */
export const associationOf = (configuration: Configuration, number: number) =>
  configuration.associations.find((node) => {
    const first = numberIn(node, 'bFirstInterface');
    return number >= first && number < first + numberIn(node, 'bInterfaceCount');
  });

function dataInterfaceOf(
  { settings }: Configuration,
  control: Setting,
  union: DescriptorNode | undefined,
  association: DescriptorNode | undefined,
): number | undefined {
  const exists = (number: number | undefined) => settings.some((each) => each.interface === number);
  const named = union && fieldValue(union, 'bSubordinateInterface[0]');
  if (named !== undefined && named !== control.interface && exists(named)) return named;
  const swapped = union && numberIn(union, 'bControlInterface');
  if (named === control.interface && swapped !== control.interface && exists(swapped)) return swapped;
  const paired = association && numberIn(association, 'bInterfaceCount') === 2;
  const next = (paired ? numberIn(association, 'bFirstInterface') : control.interface) + 1;
  return settings.some((each) => each.interface === next && each.triple[0] === 0x0a) ? next : undefined;
}
