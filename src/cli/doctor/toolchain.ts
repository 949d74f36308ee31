import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { printable } from '../shared/terminal.ts';
import { type Check, notOk, ok } from './check.ts';

/** The tools that a build here would use. */
export async function checkToolchain(folder: string): Promise<Check[]> {
  const [cargo, rustc, file] = await Promise.all([
    checkTool('cargo', folder),
    checkTool('rustc', folder),
    toolchainFile(folder),
  ]);
  const pinned =
    file === undefined
      ? ok('toolchain-file', 'No toolchain file: the default toolchain is used.')
      : ok('toolchain-file', `The toolchain is chosen by ${file}.`);
  return [checkNode(process.versions.node), cargo, rustc, pinned];
}

function checkNode(version: string): Check {
  return Number.parseInt(version, 10) >= 24
    ? ok('node', `Node.js ${version}.`)
    : notOk(
        'node',
        'problem',
        `Node.js ${version} is too old.`,
        'Start Safeguard by its launcher, which brings Node.js 24.',
      );
}

/** The sparse protocol came with cargo 1.68. */
const oldest = { major: 1, minor: 68 };

async function checkTool(tool: 'cargo' | 'rustc', folder: string): Promise<Check> {
  const answer = await versionOf(tool, folder);
  if (answer.kind === 'missing')
    return notOk(
      tool,
      'problem',
      `There is no ${tool} on this PATH.`,
      'Install Rust, for example with rustup.',
    );
  if (answer.kind === 'failed')
    return notOk(
      tool,
      'problem',
      `${tool} does not run here: ${answer.why}`,
      'Install the toolchain that this folder asks for.',
    );
  const numbers = /^\S+ (\d+)\.(\d+)\.\d+/.exec(answer.text);
  if (numbers === null)
    return notOk(
      tool,
      'unknown',
      `${tool} says it is “${answer.text}”.`,
      `Is that the ${tool} of the Rust project?`,
    );
  const [major, minor] = [Number(numbers[1]), Number(numbers[2])];
  if (major < oldest.major || (major === oldest.major && minor < oldest.minor))
    return notOk(
      tool,
      'problem',
      `${answer.text} does not know sparse registries.`,
      'Update it to 1.68 or newer.',
    );
  return ok(tool, `${answer.text}.`);
}

type ToolAnswer =
  | { readonly kind: 'version'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly why: string };

function versionOf(tool: string, folder: string): Promise<ToolAnswer> {
  // A doctor installs nothing: rustup would otherwise fetch a toolchain that is asked for and absent.
  const env = { ...process.env, RUSTUP_AUTO_INSTALL: '0' };
  return new Promise((done) =>
    execFile(tool, ['--version'], { cwd: folder, env, timeout: 20_000 }, (error, stdout, stderr) => {
      if (error === null) done({ kind: 'version', text: printable(stdout.trim().split('\n')[0] ?? '') });
      else if (error.code === 'ENOENT') done({ kind: 'missing' });
      else done({ kind: 'failed', why: printable(stderr.trim().split('\n')[0] || error.message) });
    }),
  );
}

/** The file that makes rustup choose, nearest first. */
async function toolchainFile(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    for (const name of ['rust-toolchain', 'rust-toolchain.toml']) {
      const file = join(at, name);
      if (
        await access(file)
          .then(() => true)
          .catch(() => false)
      )
        return file;
    }
    if (dirname(at) === at) return undefined;
  }
}
