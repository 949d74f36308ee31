import type { RemoteCrates } from '../../gate/project/crate-facts.ts';
import { givenToken } from './address.ts';

/** Where crates are asked for: a mirror's address, else a registry's name or the URL of its sparse index. */
export interface RemoteOptions {
  readonly server?: string | undefined;
  readonly upstream: string;
}

/** A registry that is not connected to before something is asked of it. The caller closes it. */
export function lazyRemote({
  server,
  upstream,
}: RemoteOptions): RemoteCrates & { readonly close: () => Promise<void> } {
  let made: ReturnType<typeof make> | undefined;
  const make = async () => {
    const [{ remoteCrates }, { Credential }, { upstreamAddress }] = await Promise.all([
      import('../../gate/project/remote-crates.ts'),
      import('../../registry/upstream/credential.ts'),
      import('../../registry/upstream/address.ts'),
    ]);
    if (server === undefined) return remoteCrates(upstreamAddress(upstream), Date.now);
    const token = givenToken(server);
    const address = upstreamAddress(`${server.replace(/\/$/, '')}/index/`);
    const credential = token === undefined ? undefined : new Credential(address.name, async () => token);
    return remoteCrates({ ...address, credential }, Date.now);
  };
  const remote = () => {
    made ??= make();
    return made;
  };
  return {
    line: async (release) => (await remote()).line(release),
    archive: async (release) => (await remote()).archive(release),
    close: async () => (await made)?.close(),
  };
}
