// ask.mjs — in the guest: a request to a host's control socket in, its answer as one line of JSON out.
//
//   node ask.mjs STATE '{"request": "interfaces"}'
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const [, , state, request] = process.argv;
const socket = connect(`${state}/control`);
socket.write(`${request}\n`);
createInterface({ input: socket }).once('line', (line) => {
  console.log(line);
  socket.destroy();
});
