import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { refreshFeeds } from '../registry/duties/anew.ts';
import { explain } from '../registry/explain.ts';
import { silentJournal } from '../registry/journal.ts';
import { noticesOf } from './check-here.ts';
import { allUpstreams, loadConfig } from './config.ts';
import type { ExplanationJson } from './contract.ts';
import { chosenAdvisories, patienceForDefault } from './default-advisories.ts';
import { openMirror } from './open-mirror.ts';
import { explanationJson } from './shape.ts';

/** What an explanation without a running server goes by. */
export interface HereOptions {
  /** A registry's name or the URL of its sparse index. */
  readonly upstream: string;
  readonly policy?: string;
  readonly advisoryDb?: readonly string[];
  /** Told what is to be known of where facts come from. */
  readonly onNotice?: (notice: string) => void;
}

/**
 * Explains a release without a server: a mirror of its own in a temporary folder reads the upstream, judges, and goes.
 * Throws `PolicyError`, `RegistryError` and what else keeps a server from starting.
 */
export async function explainHere(
  crate: string,
  version: string | undefined,
  options: HereOptions,
): Promise<ExplanationJson> {
  const data = await mkdtemp(join(tmpdir(), 'safeguard-explain-'));
  const { policy: file } = options;
  const policy =
    file === undefined
      ? { file: 'the default policy', text: '' }
      : { file, text: await readFile(file, 'utf8') };
  const config = loadConfig({ file: 'the default configuration', text: '' });
  const upstreams = allUpstreams(options.upstream, config);
  try {
    const plan = {
      data,
      upstreams,
      policy,
      config,
      advisories: chosenAdvisories(options.advisoryDb, config),
      patience: patienceForDefault,
      log: silentJournal,
      clock: Date.now,
      version: packageJson.version,
    };
    const server = await openMirror(plan, []);
    try {
      const { mirror } = server;
      const explained = () => explain(mirror, upstreams[0]?.name ?? '', crate, version);
      // What is to be fetched comes while advisories do. Where those say something of it, it is judged anew.
      const early = explained().then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      const { signal } = new AbortController();
      const [failed] = await Promise.all([early, refreshFeeds(mirror.context, signal)]);
      if (failed !== undefined) throw failed.error;
      for (const notice of noticesOf(server)) options.onNotice?.(notice);
      return explanationJson(await explained());
    } finally {
      await server.close();
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}
