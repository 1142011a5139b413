import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Control } from '../../../tools/adapters/host/control.ts';

describe('Control', () => {
  let folder: string;
  let server: Server;
  let answer: (request: Record<string, unknown>, socket: Socket) => void;

  const send = (socket: Socket, message: unknown) => socket.write(`${JSON.stringify(message)}\n`);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'multiport-control-'));
    server = createServer((socket) => {
      createInterface({ input: socket }).on('line', (line) => answer(JSON.parse(line), socket));
      socket.on('error', () => {});
    });
    await new Promise<void>((resolve) => server.listen(join(folder, 'control'), resolve));
  });

  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('gives every request its own answer, also when they come out of order', async () => {
    const held: (() => void)[] = [];
    answer = ({ id, request }, socket) => {
      held.unshift(() => send(socket, { id, result: `answer to ${request}` }));
      if (held.length === 2) for (const release of held) release();
    };
    const control = await Control.open(folder);
    const both = await Promise.all([control.request('first'), control.request('second')]);
    expect(both).toEqual(['answer to first', 'answer to second']);
    control.close();
  });

  it("passes the host's own words on as something the user can fix", async () => {
    answer = ({ id }, socket) => send(socket, { id, error: { words: 'no adapter 7', fix: 'List them.' } });
    const control = await Control.open(folder);
    await expect(control.request('unplug')).rejects.toMatchObject({ message: 'no adapter 7', fix: 'List them.' });
    control.close();
  });

  it('hands on events that follow a result', async () => {
    answer = ({ id }, socket) => {
      send(socket, { id, result: {} });
      send(socket, { id, event: 'a line' });
    };
    const control = await Control.open(folder);
    const event = new Promise((resolve) => control.request('log', { follow: true }, resolve));
    expect(await event).toBe('a line');
    control.close();
  });

  it('fails what is open when the host goes away in the middle, and what is asked later', async () => {
    answer = (_, socket) => socket.destroy();
    const control = await Control.open(folder);
    await expect(control.request('registry')).rejects.toThrow('The host has ended');
    await expect(control.request('registry')).rejects.toThrow('The host has ended');
  });

  it('says where it looked when no host runs', async () => {
    await expect(Control.open(join(folder, 'nowhere'))).rejects.toThrow(join(folder, 'nowhere'));
  });
});
