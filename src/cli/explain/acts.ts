import { type ExplanationJson, explanationSchema } from '../../server/contract.ts';
import { findServer, type ServerAddress, type ServerOptions } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { CliError, exit } from '../shared/error.ts';
import { parseCrateOrRelease } from '../shared/release-id.ts';
import { exitOfState } from '../shared/release-state.ts';
import { note, print, printable } from '../shared/terminal.ts';
import { explanationLines, type Page } from './page.ts';

export interface ExplainOptions extends ServerOptions {
  readonly upstream?: string;
  readonly policy?: string;
  readonly advisoryDb?: readonly string[];
  readonly format: 'text' | 'json' | 'markdown';
}

/** Explains a release by the running server, or here where the options say what to judge by. */
export async function explainRelease(text: string, options: ExplainOptions): Promise<void> {
  const { crate, version } = parseCrateOrRelease(text);
  const explanation = isHere(options)
    ? await here(crate, version, options)
    : await askedOrHere(crate, version, options);
  if (options.format === 'json') {
    // A release's case is what `verdict replay` reads; the rest stands beside it.
    print(
      JSON.stringify(
        explanation.kind === 'release' ? { ...explanation.case, explanation } : explanation,
        null,
        2,
      ),
    );
  } else {
    const page: Page = options.format === 'markdown' ? 'markdown' : 'terminal';
    for (const line of explanationLines(explanation, page, Date.now())) print(line);
  }
  process.exitCode = explanation.kind === 'release' ? exitOfState(explanation.release.state) : exit.problem;
}

function isHere({ upstream, policy, advisoryDb }: ExplainOptions): boolean {
  return upstream !== undefined || policy !== undefined || advisoryDb !== undefined;
}

/** Where nobody named a server and none answers, it is judged here. */
async function askedOrHere(
  crate: string,
  version: string | undefined,
  options: ExplainOptions,
): Promise<ExplanationJson> {
  const server = await findServer(options);
  try {
    return await asked(crate, version, server);
  } catch (error) {
    const isNamed = server.from === '--server' || server.from === 'SAFEGUARD_SERVER';
    if (isNamed || !(error instanceof CliError) || error.code !== 'cli/unreachable') throw error;
    note(
      `Note: no server answers at ${server.url}: it is judged here, against crates.io and by the default policy.`,
    );
    return await here(crate, version, options);
  }
}

async function asked(
  crate: string,
  version: string | undefined,
  server: ServerAddress,
): Promise<ExplanationJson> {
  const path = ['/api/v1/explain', crate, ...(version === undefined ? [] : [version])].map((part, i) =>
    i === 0 ? part : encodeURIComponent(part),
  );
  return (await ask(server, { path: path.join('/') }, explanationSchema)).value;
}

async function here(
  crate: string,
  version: string | undefined,
  options: ExplainOptions,
): Promise<ExplanationJson> {
  const { upstream = 'crates.io', policy, advisoryDb } = options;
  const { explainHere } = await import('../../server/explain-here.ts');
  try {
    return await explainHere(crate, version, {
      upstream,
      ...(policy === undefined ? {} : { policy }),
      ...(advisoryDb === undefined ? {} : { advisoryDb }),
      onNotice: (notice) => note(`Note: ${printable(notice)}.`),
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      throw new CliError('cli/file', `It cannot be judged here: ${error.message}`, {
        cause: error,
        exit: exit.unavailable,
      });
    }
    throw error;
  }
}
