// json-report.ts — an inspection in, the object `--json` prints out. Its schema is json-schema.json beside this file.

import type { Prediction } from '../../checks/usb/macos/predict.ts';
import type { Port } from '../../checks/usb/verdict.ts';
import { hexBytes, uuidText } from '../../model/usb/bytes.ts';
import type { Part } from '../../model/usb/dump.ts';
import type { DescriptorNode, Field } from '../../model/usb/node.ts';
import { readNtbParameters } from '../../model/usb/ntb-parameters.ts';
import type { Endpoint } from '../../model/usb/tree.ts';
import type { Inspection } from './device-report.ts';
import { devicePersonality, entitlement } from './paste-report.ts';

/** Raised when a field changes its meaning or goes away; new fields do not raise it. */
export const JSON_VERSION = 1;

export const jsonReport = (inspections: readonly Inspection[]) => ({
  version: JSON_VERSION,
  devices: inspections.map(deviceJson),
});

function deviceJson({ subject, verdict, findings, prediction }: Inspection) {
  const { dump, speed, speedBasis } = subject;
  const { identity } = verdict;
  return {
    source: { form: dump.form, name: dump.name },
    location: dump.location ?? null,
    identity: identity
      ? {
          id: identity.id,
          vendorId: identity.vendorId,
          productId: identity.productId,
          version: identity.version,
          manufacturer: identity.manufacturer ?? null,
          product: identity.product ?? null,
          serial: identity.serial ?? null,
          chip: identity.chip?.name ?? null,
        }
      : null,
    speed: { value: speed, basis: speedBasis },
    verdict: {
      answer: verdict.answer,
      sentence: verdict.sentence,
      configuration: verdict.configuration?.value ?? null,
    },
    ports: verdict.ports.map(portJson),
    findings: findings.map(({ id, level, part, offset, seen, effect, fix }) => ({
      id,
      level,
      part,
      offset: offset ?? null,
      seen,
      effect,
      fix,
    })),
    macos: prediction ? macosJson(prediction) : null,
    personality: identity ? devicePersonality(identity) : null,
    entitlement: identity ? entitlement(identity) : null,
    activeConfiguration: dump.activeConfiguration ?? null,
    bindings: dump.bindings ?? [],
    strings: Object.fromEntries([...dump.strings].map(([index, text]) => [String(index), text])),
    unreadableStrings: [...dump.unreadableStrings],
    ntbParameters: Object.fromEntries(
      [...(dump.ntbParameters ?? [])].map(([number, bytes]) => [
        String(number),
        Object.fromEntries(readNtbParameters(bytes).map(({ name, value }) => [name, value])),
      ]),
    ),
    parts: {
      descriptors: partJson(dump.descriptors, subject.tree.nodes),
      ...(dump.bos && { bos: partJson(dump.bos, subject.bos) }),
      ...(dump.qualifier && { qualifier: partJson(dump.qualifier, subject.qualifier) }),
      ...(dump.otherSpeed && { otherSpeed: partJson(dump.otherSpeed, subject.otherSpeed) }),
      ...(dump.hub && { hub: partJson(dump.hub, subject.hub) }),
      ...(dump.msOs20 && { msOs20: partJson(dump.msOs20, []) }),
    },
    notes: dump.notes,
  };
}

const pipeJson = (endpoint: Endpoint | undefined) =>
  endpoint
    ? { address: endpoint.address, maxPacketSize: endpoint.maxPacketSize & 0x7ff, interval: endpoint.interval }
    : null;

function portJson({ number, label, function: each, mac, drivable, why }: Port) {
  return {
    number,
    label,
    framing: each.framing,
    controlInterface: each.control.interface,
    dataInterface: each.dataInterface ?? null,
    in: pipeJson(each.bulkIn),
    out: pipeJson(each.bulkOut),
    notification: pipeJson(each.notification),
    maxSegmentSize: each.segmentSize ?? null,
    mac: mac ?? null,
    drivable,
    why,
  };
}

const macosJson = ({ configuration, matches }: Prediction) => ({
  configuration: {
    value: configuration.value ?? null,
    reason: configuration.reason,
    certainty: configuration.certainty,
  },
  matches: matches.map((each) => ({
    provider: each.provider,
    configuration: each.configuration ?? null,
    interface: each.interface ?? null,
    driver: each.driver ?? null,
    score: each.score ?? null,
    reason: each.reason,
    certainty: each.certainty,
    osInterface: each.osInterface ?? null,
  })),
});

const partJson = ({ bytes, assumed }: Part, nodes: readonly DescriptorNode[]) => ({
  bytes: hexBytes(bytes),
  /** Offsets of bytes the input did not contain. */
  assumed: [...assumed].sort((one, other) => one - other),
  nodes: nodes.map(nodeJson),
});

const nodeJson = ({ offset, type, name, level, bytes, fields, problems }: DescriptorNode) => ({
  offset,
  length: bytes.length,
  type,
  name,
  level,
  fields: Object.fromEntries(fields.map((field) => [field.shape.name, fieldJson(field)])),
  problems: problems.map(({ id, seen }) => ({ id, seen })),
});

const fieldJson = ({ shape, value, bytes }: Field) =>
  shape.form === 'uuid' ? uuidText(bytes) : shape.form === 'bytes' ? hexBytes(bytes) : value;
