import { posix } from 'node:path';
import { questionsIn } from './dns-question.ts';
import { folderOf, splitArguments, type TracedCall, textOf, textsOf } from './strace-lines.ts';

/** What one process did, as far as a build is observed by it. Paths are absolute where that can be told. */
export type TraceEvent =
  | {
      readonly kind: 'exec';
      readonly pid: number;
      readonly program: string;
      readonly argv: readonly string[];
      readonly env: ReadonlyMap<string, string>;
    }
  /** Whether it was there at all is not asked: a search along PATH tries many. */
  | { readonly kind: 'exec-failed'; readonly pid: number; readonly program: string; readonly error: string }
  | { readonly kind: 'child'; readonly pid: number; readonly child: number }
  | { readonly kind: 'chdir'; readonly pid: number; readonly path: string }
  /** `refused` is why it could not. */
  | {
      readonly kind: 'write';
      readonly pid: number;
      readonly path: string;
      readonly how: WriteKind;
      readonly refused?: string;
    }
  /** `socket` is the inode of the socket, `refused` why there was no connection. */
  | {
      readonly kind: 'connect';
      readonly pid: number;
      readonly address: SocketAddress;
      readonly socket?: number;
      readonly refused?: string;
    }
  /** It asked for the address of a name. */
  | { readonly kind: 'lookup'; readonly pid: number; readonly host: string }
  /** A file that it did not come to open: there is none in its sight, or it may not. */
  | { readonly kind: 'absent'; readonly pid: number; readonly path: string; readonly write: boolean }
  /** A file that it opened, and not to write. */
  | { readonly kind: 'read'; readonly pid: number; readonly path: string }
  /** `killed` is the signal that ended it. */
  | { readonly kind: 'exit'; readonly pid: number; readonly killed?: string }
  /** It takes connections, or datagrams, there. */
  | { readonly kind: 'bind'; readonly pid: number; readonly address: SocketAddress }
  /** What it does from here on by that call nobody sees. */
  | { readonly kind: 'hidden'; readonly pid: number; readonly what: string }
  /** A shared library is opened: of rustc, perhaps one with macros. */
  | { readonly kind: 'library'; readonly pid: number; readonly path: string };

export type WriteKind = 'written' | 'renamed' | 'removed' | 'linked' | 'made' | 'mode';

export interface SocketAddress {
  readonly family: 'ip' | 'unix';
  /** `127.0.0.1:9`, `[::1]:9`, or a path. */
  readonly address: string;
}

/** The calls that strace is asked for. */
export const tracedCalls =
  'execve,execveat,connect,sendto,sendmsg,sendmmsg,bind,listen,?io_uring_setup,openat,?openat2,mknod,mknodat,open,creat,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,symlink,symlinkat,link,linkat,chmod,fchmodat,truncate,clone,clone3,fork,vfork,chdir,fchdir';

/** What a call means; nothing for the very most. */
export function eventsOf(call: TracedCall): readonly TraceEvent[] {
  const { name, result } = call;
  if (name === 'exit') {
    const { pid, error } = call;
    return [{ kind: 'exit', pid, ...(error === undefined ? {} : { killed: error }) }];
  }
  if (name === 'execve' || name === 'execveat') return execEvents(call);
  if (socketCalls.has(name)) return socketEvents(call);
  if (result === undefined) return [];
  if (result >= 0) return doneBy(call);
  // What was tried and not allowed says as much as what was done.
  const { error = '' } = call;
  const tried = doneBy(call).find(({ kind }) => kind === 'write');
  if (tried?.kind === 'write') {
    if (refusals.has(error)) return [{ ...tried, refused: error }];
    return missing.has(error) ? [{ kind: 'absent', pid: call.pid, path: tried.path, write: true }] : [];
  }
  return name.startsWith('open') && (missing.has(error) || refusals.has(error)) ? unopened(call) : [];
}

function unopened({ pid, name, args }: TracedCall): readonly TraceEvent[] {
  const [first, ...rest] = splitArguments(args);
  const file = name === 'open' ? textOf(first) : at([first ?? '', ...rest], 0);
  return file === undefined ? [] : [{ kind: 'absent', pid, path: file, write: false }];
}

const socketCalls: ReadonlySet<string> = new Set(['connect', 'sendto', 'sendmsg', 'sendmmsg', 'bind']);
const refusals: ReadonlySet<string> = new Set(['EROFS', 'EACCES', 'EPERM']);
const missing: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

function doneBy(call: TracedCall): readonly TraceEvent[] {
  const { pid, name, result = 0 } = call;
  const args = splitArguments(call.args);
  switch (name) {
    case 'clone':
    case 'clone3':
    case 'fork':
    case 'vfork':
      return [{ kind: 'child', pid, child: result }];
    case 'chdir':
      return path(textOf(args[0]), (at) => ({ kind: 'chdir', pid, path: at }));
    case 'fchdir':
      return path(folderOf(args[0]), (at) => ({ kind: 'chdir', pid, path: at }));
    case 'open':
      return opened(pid, call.file ?? textOf(args[0]), args[1]);
    case 'openat':
      return opened(pid, call.file ?? at(args, 0), args[2]);
    case 'openat2':
      return opened(pid, call.file ?? at(args, 0), args[2]);
    case 'listen':
      // Of what is bound before, the address is told there.
      return [{ kind: 'bind', pid, address: { family: 'ip', address: 'a port' } }];
    case 'io_uring_setup':
      return [{ kind: 'hidden', pid, what: 'io_uring' }];
    case 'mknod':
      return written(pid, textOf(args[0]), 'made');
    case 'mknodat':
      return written(pid, at(args, 0), 'made');
    case 'creat':
      return written(pid, call.file ?? textOf(args[0]), 'written');
    case 'truncate':
      return written(pid, textOf(args[0]), 'written');
    case 'rename':
      return written(pid, textOf(args[1]), 'renamed');
    case 'renameat':
    case 'renameat2':
      return written(pid, at(args, 2), 'renamed');
    case 'link':
    case 'symlink':
      return written(pid, textOf(args[1]), 'linked');
    case 'linkat':
      return written(pid, at(args, 2), 'linked');
    case 'symlinkat':
      return written(pid, at(args, 1), 'linked');
    case 'unlink':
    case 'rmdir':
      return written(pid, textOf(args[0]), 'removed');
    case 'unlinkat':
      return written(pid, at(args, 0), 'removed');
    case 'mkdir':
      return written(pid, textOf(args[0]), 'made');
    case 'mkdirat':
      return written(pid, at(args, 0), 'made');
    case 'chmod':
      return written(pid, textOf(args[0]), 'mode');
    case 'fchmodat':
      return written(pid, at(args, 0), 'mode');
    default:
      return [];
  }
}

function execEvents({ pid, name, args: text, result, error }: TracedCall): readonly TraceEvent[] {
  const args = splitArguments(text);
  const [program, argv, env] = name === 'execve' ? args : [args[0] && at(args, 0), args[2], args[3]];
  const file = name === 'execve' ? textOf(program) : program;
  if (file === undefined) return [];
  if (result !== undefined && result < 0) {
    return error === 'ENOENT' || error === 'ENOTDIR'
      ? []
      : [{ kind: 'exec-failed', pid, program: file, error: error ?? '?' }];
  }
  const variables = textsOf(env).map((pair): [string, string] => {
    const equals = pair.indexOf('=');
    return [pair.slice(0, equals), pair.slice(equals + 1)];
  });
  return [{ kind: 'exec', pid, program: file, argv: textsOf(argv), env: new Map(variables) }];
}

/** The addresses that a call names; one that sends many messages may name many. */
function socketEvents({ pid, name, args, result, error }: TracedCall): readonly TraceEvent[] {
  const inode = /^\d+<socket:\[(\d+)\]>/.exec(args)?.[1];
  const event = (address: SocketAddress): TraceEvent => {
    if (name === 'bind') return { kind: 'bind', pid, address };
    const isRefused = result !== undefined && result < 0 && !underWay.has(error ?? '');
    return {
      kind: 'connect',
      pid,
      address,
      ...(isRefused ? { refused: error ?? '?' } : {}),
      ...(inode === undefined ? {} : { socket: Number(inode) }),
    };
  };
  const found: TraceEvent[] = [];
  for (const [, port, four, six] of args.matchAll(inet)) {
    const host = four ?? `[${six}]`;
    found.push(event({ family: 'ip', address: `${host}:${port}` }));
  }
  const hosts = name.startsWith('send') ? questionsIn(args) : [];
  for (const host of hosts) found.push({ kind: 'lookup', pid, host });
  if (found.length > 0) return found;
  const unix = name === 'sendto' ? undefined : /sun_path=@?("(?:[^"\\]|\\.)*")/.exec(args)?.[1];
  const text = textOf(unix);
  return text === undefined ? [] : [event({ family: 'unix', address: text })];
}

/** What a socket that does not wait says while it connects. */
const underWay: ReadonlySet<string> = new Set(['EINPROGRESS', 'EAGAIN', 'EALREADY', 'EISCONN']);

const inet = /sin6?_port=htons\((\d+)\)[^}]*?(?:inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)")/g;

function opened(pid: number, file: string | undefined, flags = ''): readonly TraceEvent[] {
  if (file === undefined) return [];
  if (/O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND/.test(flags)) return written(pid, file, 'written');
  const read: TraceEvent = { kind: 'read', pid, path: file };
  return /\.(?:so|dylib|dll)$/.test(file) ? [read, { kind: 'library', pid, path: file }] : [read];
}

function written(pid: number, file: string | undefined, how: WriteKind): readonly TraceEvent[] {
  return file === undefined ? [] : [{ kind: 'write', pid, path: file, how }];
}

/** The path whose folder stands at `index`, and its name behind it. */
function at(args: readonly string[], index: number): string | undefined {
  const name = textOf(args[index + 1]);
  const folder = folderOf(args[index]);
  if (name === undefined || folder === undefined) return name;
  return name === '' ? folder : posix.resolve(folder, name);
}

function path(text: string | undefined, event: (path: string) => TraceEvent): readonly TraceEvent[] {
  return text === undefined ? [] : [event(text)];
}
