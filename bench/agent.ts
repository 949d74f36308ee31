/**
 * What the agent costs a host: `node bench/agent.ts [--processes N] [--executables N] [--looks N]`. It starts that many
 * sleeping processes of so many executables of their own, and an agent that tells a server which takes everything; and
 * prints how long the first look took, what the later ones take of a core at a period of 60 s, and the most memory that
 * it had.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '500' },
    executables: { type: 'string', default: '100' },
    looks: { type: 'string', default: '10' },
  },
});
const [processes, executables, looks] = [values.processes, values.executables, values.looks].map(Number) as [
  number,
  number,
  number,
];

/** Processor time of a process: seconds (proc_pid_stat(5), 100 ticks a second). */
function spent(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const folder = mkdtempSync(join(tmpdir(), 'safeguard-bench-'));
const children: ChildProcess[] = [];
const told: {
  readonly at: number;
  readonly spent: number;
  readonly count: number;
  readonly bytes: number;
}[] = [];
let wake = () => {};
const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const text = Buffer.concat(pieces).toString();
    const { processes, begun } = JSON.parse(text) as { processes?: unknown[]; begun?: unknown[] };
    const count = (processes ?? begun ?? []).length;
    told.push({ at: performance.now(), spent: spent(agent.pid ?? 0), count, bytes: text.length });
    response.setHeader('content-type', 'application/json').end('{}');
    wake();
  });
});
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
const { port } = server.address() as { port: number };
for (let i = 0; i < executables; i++) {
  const path = join(folder, `app-${i}`);
  // Each is of its own, and of the size of a small service.
  copyFileSync('/bin/bash', path);
  appendFileSync(path, Buffer.alloc(4 * 1024 * 1024, i));
}
for (let i = 0; i < processes; i++)
  children.push(
    spawn(join(folder, `app-${i % executables}`), ['-c', 'read -r line'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    }),
  );
const begin = performance.now();
// As it is started by a service: what was compiled before is kept.
const launcher = join(import.meta.dirname, '../safeguard');
const agent = spawn(
  launcher,
  [
    'agent',
    '--host',
    'bench',
    '--period',
    '1',
    '--queue',
    join(folder, 'queue'),
    '--server',
    `http://127.0.0.1:${port}`,
  ],
  { env: { ...process.env, SAFEGUARD_TOKEN: 'bench' }, stdio: ['ignore', 'inherit', 'inherit'] },
);
try {
  while (told.length <= looks)
    await new Promise<void>((done) => {
      wake = done;
    });
  const status = readFileSync(`/proc/${agent.pid}/status`, 'utf8');
  const kilobytes = (of: string) => Number(new RegExp(`${of}:\\s+(\\d+)`).exec(status)?.[1]);
  const [first, last] = [told[0], told.at(-1)];
  if (first === undefined || last === undefined) throw new Error('nothing was told');
  const each = (last.spent - first.spent) / (told.length - 1);
  console.log(
    `${first.count} processes told, ${executables} executables, ${(first.bytes / 1024).toFixed(0)} KiB at first`,
  );
  console.log(
    `first look, with the start of the agent: ${((first.at - begin) / 1000).toFixed(2)} s, ${first.spent.toFixed(2)} s of a core`,
  );
  console.log(
    `each later look: ${(each * 1000).toFixed(0)} ms of a core, ${((each / 60) * 100).toFixed(2)} % at a period of 60 s`,
  );
  console.log(
    `memory: ${(kilobytes('VmRSS') / 1000).toFixed(0)} MB, at most ${(kilobytes('VmHWM') / 1000).toFixed(0)} MB`,
  );
} finally {
  agent.kill();
  for (const child of children) child.kill();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
}
