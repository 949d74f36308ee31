/**
 * Runs beside a sealed build, in its network and outside of its sandbox: takes connections on its loopback, hands each
 * to the proxy outside with a line before that says which socket it is (its inode, 0 where that is not known), and ends
 * as the build does.
 *
 * Arguments: the proxy's socket, a port, and the command of the build.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';

const [proxy = '', port = '', program = '', ...args] = process.argv.slice(2);

/** The inode of the client's end of a connection (proc(5), `/proc/net/tcp`). */
function inodeOf(clientPort: number): string {
  const hex = (number: number) => number.toString(16).toUpperCase().padStart(4, '0');
  for (const line of readFileSync('/proc/self/net/tcp', 'utf8').split('\n')) {
    const [, local = '', remote = '', , , , , , , inode = ''] = line.trim().split(/\s+/);
    if (local.endsWith(`:${hex(clientPort)}`) && remote.endsWith(`:${hex(Number(port))}`)) return inode;
  }
  return '0';
}

const server = createServer({ allowHalfOpen: true }, (client) => {
  const outside = connect({ path: proxy, allowHalfOpen: true });
  outside.write(`${inodeOf(client.remotePort ?? 0)}\n`);
  for (const end of [client, outside])
    end.on('error', () => {
      client.destroy();
      outside.destroy();
    });
  client.pipe(outside);
  outside.pipe(client);
});

server.listen(Number(port), '127.0.0.1', () => {
  const filter = existsSync('/proc/self/fd/3') ? [3] : [];
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', ...filter] });
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(127);
  });
  child.on('exit', (code) => process.exit(code ?? 1));
});
