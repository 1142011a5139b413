// ncm-requests.mjs — in the guest: class requests to the first NCM function of a device nobody has taken in, what came of each
// out, as one line of JSON.
//
//   node ncm-requests.mjs 1d6b:0104 '[["out", 134, "00080000"], ["in", 133, 4]]'
//
// "out": the bytes the device took; "in": its answer in hexadecimal. Null: it stalled.
import { nativeFindDeviceByIds } from 'usb/index.js';

const CONTROL_INTERFACE = 0;
const DATA_INTERFACE = 1;
const TIMEOUT_MILLISECONDS = 20_000;

const [, , ids, wishes] = process.argv;
const [vendor, product] = ids.split(':').map((id) => Number.parseInt(id, 16));
const device = await nativeFindDeviceByIds(vendor, product);
await device.open();
for (const number of [CONTROL_INTERFACE, DATA_INTERFACE]) await device.claimInterface(number);
await device.selectAlternateInterface(DATA_INTERFACE, 1);
const answers = [];
for (const [direction, request, what] of JSON.parse(wishes)) {
  const setup = { requestType: 'class', recipient: 'interface', request, value: 0, index: CONTROL_INTERFACE };
  answers.push(await (direction === 'out' ? out(setup, Buffer.from(what, 'hex')) : into(setup, what)));
}
await device.close();
console.log(JSON.stringify(answers));

function out(setup, data) {
  return device.nativeControlTransferOut(setup, TIMEOUT_MILLISECONDS, data).catch(() => null);
}

async function into(setup, length) {
  const answer = await device.nativeControlTransferIn(setup, TIMEOUT_MILLISECONDS, length).catch(() => null);
  return answer && Buffer.from(answer).toString('hex');
}
