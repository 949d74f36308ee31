import type { BuildAllowEntry } from '../../policy/build-allow.ts';
import { inside } from '../run/layout.ts';
import type { RecordedActor } from './act.ts';
import { isOfThisRun } from './hidden.ts';

/** What a sealed build kept code from, in the words of who tried. */
export type RefusedAct =
  /** It went to an address itself: only names can be allowed. */
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'lookup'; readonly host: string }
  /** It asked the proxy. `path` and `method` are those of plain HTTP. */
  | {
      readonly kind: 'request';
      readonly host: string;
      readonly port: number;
      readonly method?: string;
      readonly path?: string;
      readonly reason: string;
    }
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string }
  | { readonly kind: 'read'; readonly path: string }
  /** It changed what another crate's compilation made. */
  | { readonly kind: 'alter'; readonly path: string }
  /** A program of its own outlived it. */
  | { readonly kind: 'left'; readonly program: string }
  /** It had something loaded into the compiler. */
  | { readonly kind: 'load'; readonly variable: string; readonly value: string };

/** Whose code it was. */
export interface Refused {
  readonly kind: RecordedActor['kind'];
  /** Of macros: the crates that have some in that compiler, of which it cannot be told apart which it was. */
  readonly crates: readonly { readonly name: string; readonly version: string }[];
  /** Of macros: what was compiled. */
  readonly compiled?: string;
}

/** What an actor tried and was kept from, each once. */
export function refusedActs({ acts }: Pick<RecordedActor, 'acts'>): readonly RefusedAct[] {
  const refused = acts.flatMap((act): readonly RefusedAct[] => {
    switch (act.kind) {
      case 'connect': {
        const { family, address } = act.address;
        if (act.refused === undefined) return [];
        if (family === 'unix') return isOfLibc(address) ? [] : [{ kind: 'socket', path: address }];
        // What goes to a name server says a name, which is told.
        return address.endsWith(':53') ? [] : [{ kind: 'address', address }];
      }
      case 'lookup':
        return [{ kind: 'lookup', host: act.host }];
      case 'write':
        return act.refused === undefined ? [] : [{ kind: 'write', path: act.path }];
      case 'left':
        return [{ kind: 'left', program: act.program }];
      case 'absent':
        return [{ kind: act.write ? 'write' : 'read', path: act.path }];
      default:
        return [];
    }
  });
  return [...new Map(refused.map((act) => [JSON.stringify(act), act])).values()];
}

/** The C library asks its own services for names and users. */
function isOfLibc(path: string): boolean {
  return /^\/(?:var\/)?run\/(?:nscd|systemd)\//.test(path);
}

/** What of a policy's entry would allow an act; `undefined` where nothing would. */
export function allowedBy(
  act: RefusedAct,
): Partial<Pick<BuildAllowEntry, 'egress' | 'read' | 'write' | 'load'>> | undefined {
  switch (act.kind) {
    case 'address':
    case 'socket':
    case 'left':
      return undefined;
    case 'alter':
      return { write: [act.path.startsWith(`${inside.target}/`) ? inside.target : inside.home] };
    case 'lookup':
      return { egress: [{ host: act.host, port: 443, methods: ['GET', 'HEAD'], path: '/' }] };
    case 'request': {
      const { host, port, method = 'GET', path = '/' } = act;
      // What a policy cannot write is left to the folder above.
      const [plain = '/'] = /^[^%\s]*/.exec(path) ?? [];
      const named = plain === path ? path : plain.slice(0, plain.lastIndexOf('/')) || '/';
      return { egress: [{ host, port, methods: [method], path: named }] };
    }
    case 'read':
      return { read: [act.path] };
    case 'write':
      return { write: [act.path.slice(0, act.path.lastIndexOf('/')) || act.path] };
    case 'load':
      return { load: [act.variable] };
  }
}

/** `the build script of a 1.0.0`. */
export function sayRefused({ kind, crates, compiled }: Refused): string {
  const names = crates.map(({ name, version }) => `${name} ${version}`.trim()).join(' or ');
  return kind === 'build-script'
    ? `the build script of ${names}`
    : `${names === '' ? 'a macro' : `a macro of ${names}`} in the compiler of ${compiled ?? '?'}`;
}

/** The same of a file that a compiler writes as well: `the compiler of app 0.1.0, in which a macro of a 1.0.0 runs,`. */
export function sayWriter({ kind, crates, compiled }: Refused): string {
  if (kind === 'build-script') return sayRefused({ kind, crates });
  const names = crates.map(({ name, version }) => `${name} ${version}`.trim()).join(' or ');
  return `the compiler of ${compiled ?? '?'}, in which a macro of ${names} runs,`;
}

/** `tried to reach 192.0.2.1:443, and there is no network`. */
export function sayRefusedAct(act: RefusedAct): string {
  switch (act.kind) {
    case 'address':
      return `tried to reach ${act.address}: addresses cannot be allowed, a host’s name can`;
    case 'lookup':
      return `tried to look up ${act.host}: there is no network in a sealed build`;
    case 'request': {
      const what = act.method === undefined ? '' : `${act.method} `;
      return `asked for ${what}${act.host}:${act.port}${act.path ?? ''}: ${act.reason}`;
    }
    case 'socket':
      return `tried to reach the socket ${act.path}: a sealed build has none from outside`;
    case 'write':
      return `tried to write ${act.path}: a sealed build writes to OUT_DIR and /tmp alone${unopened(act.path)}`;
    case 'read':
      return `tried to read ${act.path}, which is kept from its sight${unopened(act.path)}`;
    case 'alter':
      return `changed ${act.path}, which is none of its own`;
    case 'left':
      return `left ${act.program === '' ? 'a process of its own' : act.program} running, which was ended with the build`;
    case 'load':
      return `had ${act.variable}=${act.value} loaded into the compiler`;
  }
}

/** Why no line is proposed for a path. */
function unopened(path: string): string {
  return isOfThisRun(path) ? ': that is of this run alone, and no line of a policy allows it' : '';
}
