import { readingOf } from '../capability/environment.ts';
import { isRunning, preloading, runningFlag } from '../capability/flags.ts';
import { handedProgram, runnerEnd } from '../capability/handed-programs.ts';
import { baseName, programKinds } from '../capability/programs.ts';
import { isToolchain } from '../toolchain.ts';
import { saidByInterpreter } from './interpreted.ts';
import { MadeFiles } from './made-files.ts';
import { isOrdinary } from './ordinary.ts';
import { hasOwnFolder, isOwnPlace, isOwnProgram } from './own-places.ts';
import { type FileSaid, nothingSaid, type Said, together, unreadFrom } from './said.ts';
import {
  behindMost,
  maxCommands,
  type ShellCommand,
  type ShellScript,
  shellScript,
} from './shell-commands.ts';
import type { ShellWord } from './shell-text.ts';

/** What the commands of a shell script do: programs, the network, what hides, files elsewhere, secrets. */
export function saidByCommands({ commands, functions }: ShellScript, depth = 0): FileSaid {
  const all: FileSaid[] = [];
  const made = new MadeFiles();
  for (const command of commands) {
    if (all.length === maxCommands) {
      all.push(unreadFrom(command.line, behindMost));
      break;
    }
    made.add(command);
    all.push(saidByCommand(command, { functions, made }, depth));
  }
  return together(all);
}

/** Words that run the command behind them. */
const wrappers =
  /^(?:exec|env|sudo|doas|command|builtin|nohup|time|nice|ionice|xargs|timeout|setsid|unshare|chroot|stdbuf|busybox|then|else)$/;
const decoders: Readonly<Record<string, RegExp>> = {
  base64: /^(?:-[a-zA-Z]*[dD]|--decode)/,
  base32: /^(?:-d|--decode)/,
  basenc: /^(?:-d|--decode)/,
  xxd: /^-[a-z]*r/,
  uudecode: /^/,
  openssl: /^(?:enc|base64|-d)$/,
  gpg: /^(?:-d|--decrypt)/,
};
const secretPlaces =
  /(?:\.ssh\b|\.aws\b|\.netrc\b|\.npmrc\b|\.pypirc\b|\.gnupg\b|\.kube\b|\.docker\/config|\.cargo\/credentials|\.git-credentials|\.config\/gh\b|\/etc\/shadow|\/proc\/[^/\s]+\/environ|id_(?:rsa|ed25519))/;

/** What a script has by the time that a command of it runs. */
interface Known {
  readonly functions: ReadonlySet<string>;
  readonly made: MadeFiles;
}

function saidByCommand(command: ShellCommand, { functions, made }: Known, depth: number): FileSaid {
  const { words, sets, line, writes } = command;
  const said: Said[] = [];
  const say = (kind: Said['kind'], name?: string, confidence: Said['confidence'] = 'certain') =>
    said.push({ kind, ...(name === undefined ? {} : { name }), confidence, line });
  for (const word of [...words, ...writes]) saidByWord(word, say);
  for (const target of writes) written(target, say);
  const own = unwrapped(words);
  const [first, ...rest] = own;
  const texts = rest.map(({ text }) => text);
  const joinedWords = words.map(({ text }) => text);
  for (const { text } of [...sets, ...words]) assigned(text, say);
  const inner: FileSaid[] =
    depth < maxDepth ? splitByEnv(words).map((text) => saidByText(text, line, depth + 1)) : [];
  const workedOut: { line: number; text: string }[] = [];
  if (first !== undefined) {
    // `uv run python …`
    const end = runnerEnd(first.text, texts);
    const run = end === 0 ? 0 : end + 1;
    if (depth < maxDepth && !functions.has(first.text))
      inner.push(
        unlike(
          said,
          saidByInterpreter({ command, own: own.slice(run), made }, (text, from) =>
            saidByText(text, from, depth + 1),
          ),
        ),
      );
    const name = baseName(first.text);
    const isOwnFunction = functions.has(first.text);
    const isInterpreter = quiet.test(name);
    // What a pattern stands for is found as it runs: `/usr/bin/cu?l`.
    const isFound =
      /^([\w./-]*)[?*][\w./?*-]*$/.exec(first.text)?.[1]?.includes('/') === true ||
      /^\{[\w./-]+,[^{}\s]+\}$/.test(first.text);
    if (name === 'eval' || isFound || (first.dynamic && !isToolchain(first.text))) {
      const isPlain = name === 'eval' && rest.every(({ dynamic }) => !dynamic);
      if (isPlain && depth < maxDepth) inner.push(saidByText(texts.join(' '), line, depth + 1));
      else workedOut.push({ line, text: joinedWords.join(' ') });
    } else if (!isOwnFunction && !first.dynamic) {
      const kinds = programKinds(first.text, texts);
      // What lies at a place of its own is no program of the machine's, whatever it is called: `./cc`; `configure` is read itself.
      const isOwn =
        isOwnProgram(first.text) &&
        !/^config/.test(name) &&
        (isOrdinary(name) || isToolchain(name) || isInterpreter);
      const isQuiet =
        isOrdinary(name) || builders.test(name) || isToolchain(first.text) || !isProgramName(name);
      for (const kind of kinds)
        if (kind === 'downloader' || (!isQuiet && !isInterpreter && !isOwn)) say(kind, name);
      if (isOwn) say('process', first.text);
      if (isToolchain(first.text))
        for (const text of texts) {
          const flag = runningFlag(text);
          if (flag !== undefined) say('redirects-tools', flag, 'likely');
        }
      const decodes = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
      if (decodes !== undefined && (texts.some((text) => decodes.test(text)) || name === 'uudecode'))
        say('decodes', name);
      if (isInterpreter && texts.includes('<(…)')) say('data-as-code', `${name} <(…)`);
      if ((name === 'source' || name === '.') && rest[0]?.text === '<(…)') say('data-as-code', '. <(…)');
      // GNU sed manual, "The s Command": `e` runs what is there then.
      if (
        /^g?sed$/.test(name) &&
        texts.some((text) => /^s([^\w\s])[\s\S]*\1[gpImM\d]*e[gpImM\d]*$/.test(text))
      )
        say('shell', 'sed e');
      // What awk and sed are told is libtool's and autoconf's in every `configure`.
      for (const text of /^(?:[gmn]?awk|g?sed)$/.test(name) ? [] : texts) {
        const option = handedProgram(name, text);
        if (option !== undefined) say('redirects-tools', option, 'likely');
      }
      if (name === 'alias' && depth < maxDepth)
        for (const text of texts)
          inner.push(saidByText(/^[^=]+=(.*)$/s.exec(text)?.[1] ?? '', line, depth + 1));
      if (name === 'find' && depth < maxDepth)
        for (const own of executed(rest))
          inner.push(
            saidByCommand(
              { words: own, sets: [], line, piped: false, writes: [], reads: [], documents: [] },
              { functions, made },
              depth + 2,
            ),
          );
      if (isWholeEnvironment(name, texts)) say('reads-all-variables', name, 'likely');
      if (
        name === 'chmod' &&
        depth <= 1 &&
        texts.some((text) => /^(?:[0-7]*[1357][0-7]{0,2}|[ugoa]*\+[rws]*x)/.test(text))
      )
        say('makes-executable', undefined, 'likely');
      if (name === 'trap' && depth < maxDepth && rest[0]?.dynamic === false)
        inner.push({ ...saidByText(rest[0].text, line, depth + 1), workedOut: [] });
      if (name === 'mktemp') say('temp');
      if (makers.test(name)) {
        const target = rest.findLast(({ text }) => !text.startsWith('-'));
        if (target !== undefined) written(target, say);
      }
    }
  }
  return together([{ said, workedOut, words: joinedWords }, ...inner]);
}

/** `env -S "curl x"`: one word with a whole command in it. */
function splitByEnv(words: readonly ShellWord[]): readonly string[] {
  const env = words.findIndex(({ text }) => baseName(text) === 'env');
  if (env === -1) return [];
  return words.slice(env + 1).flatMap(({ text }, at, rest) => {
    const own = /^(?:-[iv0]*S|--split-string=?)(.*)$/s.exec(text)?.[1];
    return own === undefined ? [] : [own === '' ? (rest[at + 1]?.text ?? '') : own];
  });
}

/** What something says that is not said already. */
function unlike(known: readonly Said[], { said, workedOut, words }: FileSaid): FileSaid {
  const isKnown = (one: Said) =>
    known.some(({ kind, name, line }) => kind === one.kind && name === one.name && line === one.line);
  return { said: said.filter((one) => !isKnown(one)), workedOut, words };
}

/** Interpreters that belong to builds by a script: what they run is what is told. */
const quiet = /^(?:(?:ba|da|z|k|fi|a)?sh|python[\d.]*|perl|ruby|node|osascript|pwsh|powershell)$/;
/** Programs that run what lists of the package say, which are read themselves. */
const builders = /^(?:cmake|ctest|[gn]?make|mingw32-make|ninja|meson|msbuild)$/;
/** Programs that write to the file that they name last, or remove it. */
const makers = /^(?:cp|mv|ln|install|tee|mkdir|touch|rm|dd|rsync)$/;
const maxDepth = 4;

/** A text that a shell reads. */
export function saidByText(text: string, line: number, depth = 0): FileSaid {
  return text === '' ? nothingSaid : saidByCommands(shellScript(text, line), depth);
}

type Say = (kind: Said['kind'], name?: string, confidence?: Said['confidence']) => void;

function saidByWord({ text }: ShellWord, say: Say): void {
  // Bash, "Redirections"; gawk, "Using gawk for Network Programming".
  const socket = /\/(?:dev|inet[46]?)\/(?:tcp|udp)\//.exec(text)?.[0];
  if (socket !== undefined) say('network', socket.startsWith('/dev') ? '/dev/tcp' : '/inet');
  if (secretPlaces.test(text)) say('reads-outside', 'home', 'likely');
  for (const [, name = ''] of text.matchAll(/\$\{?(\w+)/g))
    if (readingOf(name).includes('reads-secret')) say('reads-secret', name);
}

/** A variable that has what runs from then on load or run something else: `LD_PRELOAD=./x.so cc`, `export RUSTC_WRAPPER=./x`. */
export function assigned(text: string, say: Say): void {
  const [, name = '', value = ''] = /^([A-Z_][A-Z0-9_]*)=(.*)$/s.exec(text) ?? [];
  // What is handed on as it was found, or emptied, is nothing new.
  if (value === '' || value === '/dev/null' || /^\$\{?\w+\}?$/.test(value)) return;
  // What make runs recipes with is told by who runs or reads its lists.
  const isTool = isRunning(name) && name !== 'SHELL' && isOwnPlace(value);
  const isFound = name === 'PATH' ? hasOwnFolder(value) : isTool;
  if (!isFound && !preloaded.test(name)) return;
  say('redirects-tools', text.slice(0, 120), 'likely');
}

const preloaded = new RegExp(`^${preloading}$`);

/** The commands that `find` runs for what it finds. */
function executed(words: readonly ShellWord[]): readonly (readonly ShellWord[])[] {
  return words.flatMap(({ text }, at) => {
    if (!/^-(?:exec|ok)(?:dir)?$/.test(text)) return [];
    const own = words.slice(at + 1);
    const end = own.findIndex((word) => /^\\?;$|^\+$/.test(word.text));
    return [end === -1 ? own : own.slice(0, end)];
  });
}

/** Whether all variables are listed. */
function isWholeEnvironment(name: string, texts: readonly string[]): boolean {
  if (name === 'compgen') return texts.includes('-e');
  if (name === 'printenv' || name === 'env') return texts.every((text) => /^-[0z]$|^--null$/.test(text));
  return (
    (name === 'export' || name === 'declare') &&
    texts.includes(name === 'export' ? '-p' : '-x') &&
    texts.length === 1
  );
}

/** What lies out of the folder that a build is in. */
function written({ text }: ShellWord, say: Say): void {
  if (/^(?:~|\$\{?HOME\b|\$\{?CARGO_HOME\b|\$\{?XDG_)/.test(text)) say('writes', 'home');
  else if (/^\/(?:tmp|var\/tmp)\//.test(text)) say('temp');
  else if (/^\/(?!dev\/)[\w.]/.test(text)) say('writes', text);
  else if (/(?:^|\/)\.(?:git\/hooks|cargo\/config|bashrc|profile|zshrc|bash_profile)/.test(text))
    say('writes', text);
}

function unwrapped(words: readonly ShellWord[]): readonly ShellWord[] {
  let from = 0;
  while (from < words.length) {
    const text = words[from]?.text ?? '';
    const isWrapper = wrappers.test(baseName(text));
    if (!isWrapper && !(from > 0 && /^(?:-|\w+=|\d+$)/.test(text))) break;
    from++;
  }
  return from === words.length ? words : words.slice(from);
}

/** Whether a word may be the name of a program: what is no shell gives odd ones. */
function isProgramName(name: string): boolean {
  // Functions that autoconf and libtool bring with them, in files of their own.
  if (/^(?:func|as_fn|ac_fn)_\w+$/.test(name)) return false;
  return /^[a-z][\w.+-]{1,40}$/i.test(name) && !/\.(?:[ch]|cc|cpp|o|m4|in|ac|am|txt|sh|py|pl)$/.test(name);
}
