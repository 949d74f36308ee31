import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { upstreamAddress } from '../../registry/upstream/address.ts';
import { type AssembledServer, assemble } from '../../server/assemble.ts';
import { loadConfig } from '../../server/config.ts';
import { serverLog } from '../../server/log.ts';
import { dayBefore, type Published, publishHistory } from './attack.ts';
import { DemoRegistry } from './registry.ts';

/** A registry and a mirror of it with the default policy, both on the loopback interface, in a temporary folder. */
export interface DemoStage {
  readonly folder: string;
  readonly registry: DemoRegistry;
  /** What was there before. */
  readonly published: Published;
  /** The mirror's address. */
  readonly url: string;
  readonly server: AssembledServer;
  /** Turns the clock to a time (RFC 3339), and does what is due. */
  readonly turnTo: (time: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Sets the stage the day before the attack. The caller closes it, which removes the folder. */
export async function demoStage(): Promise<DemoStage> {
  const folder = await mkdtemp(join(tmpdir(), 'safeguard-demo-'));
  const registry = new DemoRegistry();
  let server: AssembledServer | undefined;
  let now = Date.parse(dayBefore);
  const close = async () => {
    await server?.close();
    registry.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await registry.open();
    const published = await publishHistory(registry);
    server = await assemble({
      data: join(folder, 'mirror'),
      upstreams: [upstreamAddress(registry.index, 'crates.io')],
      policy: { file: 'the default policy', text: '' },
      config: loadConfig({ file: 'the default configuration', text: '' }),
      env: {},
      log: serverLog(
        'text',
        () => undefined,
        () => now,
      ),
      clock: () => now,
      monotonic: () => now,
      version: 'demo',
      wake: () => undefined,
    });
    await server.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = server.app.server.address() as AddressInfo;
    const { watch } = server;
    const turnTo = async (time: string) => {
      now = Date.parse(time);
      await watch.tick();
      await watch.errands.idle();
    };
    return { folder, registry, published, url: `http://127.0.0.1:${port}`, server, turnTo, close };
  } catch (error) {
    await close();
    throw error;
  }
}
