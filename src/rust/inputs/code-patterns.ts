import type { Language } from './language.ts';
import { applescriptPatterns } from './patterns/applescript.ts';
import { awkPatterns } from './patterns/awk.ts';
import { juliaPatterns } from './patterns/julia.ts';
import { luaPatterns } from './patterns/lua.ts';
import { mesonPatterns } from './patterns/meson.ts';
import { nodePatterns } from './patterns/node.ts';
import { linePatterns, otherScriptPatterns } from './patterns/other-script.ts';
import type { CodePattern } from './patterns/pattern.ts';
import { perlPatterns } from './patterns/perl.ts';
import { phpPatterns } from './patterns/php.ts';
import { placePatterns } from './patterns/places.ts';
import { powershellPatterns } from './patterns/powershell.ts';
import { pythonPatterns } from './patterns/python.ts';
import { rPatterns } from './patterns/r.ts';
import { rubyPatterns } from './patterns/ruby.ts';
import { scriptHostPatterns } from './patterns/script-host.ts';
import { tclPatterns } from './patterns/tcl.ts';

/** What code of a language does, as far as single lines show it; `command` is a command line that a shell or the system runs. */
export const codePatterns: Readonly<Partial<Record<Language, readonly CodePattern[]>>> = {
  python: [...pythonPatterns, ...placePatterns],
  perl: [...perlPatterns, ...placePatterns],
  ruby: [...rubyPatterns, ...placePatterns],
  node: [...nodePatterns, ...placePatterns],
  powershell: [...powershellPatterns, ...placePatterns],
  meson: [...mesonPatterns, ...placePatterns],
  applescript: [...applescriptPatterns, ...linePatterns, ...placePatterns],
  awk: [...awkPatterns, ...linePatterns, ...placePatterns],
  julia: [...juliaPatterns, ...linePatterns, ...placePatterns],
  lua: [...luaPatterns, ...linePatterns, ...placePatterns],
  php: [...phpPatterns, ...linePatterns, ...placePatterns],
  r: [...rPatterns, ...linePatterns, ...placePatterns],
  'script-host': [...scriptHostPatterns, ...linePatterns, ...placePatterns],
  tcl: [...tclPatterns, ...linePatterns, ...placePatterns],
  'other-script': [...otherScriptPatterns, ...placePatterns],
};
