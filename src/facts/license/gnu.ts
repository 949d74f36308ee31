import type { LicenseTerm } from './expression.ts';
import { isDeprecated, isGnu } from './ids.ts';

/** What a GNU licence's id says: which licence, and whether later versions of it may be taken. */
interface GnuForm {
  /** `GPL-2.0`. */
  readonly base: string;
  /** `any`: a deprecated id that says neither. */
  readonly form: 'only' | 'or-later' | 'any';
  readonly exception: string | undefined;
}

/** The parts of a GNU licence, deprecated ids of an exception included; `undefined` for other licences. */
export function gnuForm({ license, orLater, exception }: LicenseTerm): GnuForm | undefined {
  if (!isGnu(license)) return undefined;
  const [, bare = license, within] = /^(.+?)-with-(.+-exception)$/.exec(license) ?? [];
  const [, base = bare, suffix] = /^(.+?)(-only|-or-later|\+)?$/.exec(bare) ?? [];
  const isLater = orLater || suffix === '-or-later' || suffix === '+';
  return {
    base,
    form: isLater ? 'or-later' : suffix === '-only' ? 'only' : 'any',
    exception: exception ?? (within === undefined ? undefined : (exceptions[`${base} ${within}`] ?? within)),
  };
}

/** What SPDX says instead of an id that has its exception in it (SPDX licence list, deprecated ids). */
const exceptions: Readonly<Record<string, string>> = {
  'GPL-2.0 GCC-exception': 'GCC-exception-2.0',
  'GPL-2.0 autoconf-exception': 'Autoconf-exception-2.0',
  'GPL-2.0 bison-exception': 'Bison-exception-2.2',
  'GPL-2.0 classpath-exception': 'Classpath-exception-2.0',
  'GPL-2.0 font-exception': 'Font-exception-2.0',
  'GPL-3.0 GCC-exception': 'GCC-exception-3.1',
  'GPL-3.0 autoconf-exception': 'Autoconf-exception-3.0',
};

/** An id that is not deprecated: a text says which version it is, and nothing of later ones. */
export function currentId(id: string): string {
  return isGnu(id) && isDeprecated(id) && !id.includes('-with-') ? `${id.replace(/\+$/, '')}-only` : id;
}
