/** Runs a program of the tests in a network of its own, where public addresses are nobody's but the test's. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * Runs `script`, a file beside this one, in new user and network namespaces in which `addresses` are this machine's
 * own, and gives what it printed as JSON. It ends after a minute, whatever it does.
 */
export async function inNamespace<T>(script: string, addresses: readonly string[]): Promise<T> {
  const setup = [
    'ip link set lo up',
    ...addresses.map((address) => `ip addr add ${address} dev lo${address.includes(':') ? ' nodad' : ''}`),
    'exec "$0" "$1"',
  ].join(' && ');
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  const { stdout } = await promisify(execFile)(
    'unshare',
    ['-rn', 'sh', '-c', setup, process.execPath, file],
    {
      env,
      timeout: 60_000,
      maxBuffer: 1 << 26,
    },
  );
  return JSON.parse(stdout) as T;
}
