import type { Language } from './language.ts';
import { mesonPatterns } from './patterns/meson.ts';
import { nodePatterns } from './patterns/node.ts';
import { otherScriptPatterns } from './patterns/other-script.ts';
import type { CodePattern } from './patterns/pattern.ts';
import { perlPatterns } from './patterns/perl.ts';
import { placePatterns } from './patterns/places.ts';
import { powershellPatterns } from './patterns/powershell.ts';
import { pythonPatterns } from './patterns/python.ts';
import { rubyPatterns } from './patterns/ruby.ts';

/** What code of a language does, as far as single lines show it; `command` is a command line that a shell or the system runs. */
export const codePatterns: Readonly<Partial<Record<Language, readonly CodePattern[]>>> = {
  python: [...pythonPatterns, ...placePatterns],
  perl: [...perlPatterns, ...placePatterns],
  ruby: [...rubyPatterns, ...placePatterns],
  node: [...nodePatterns, ...placePatterns],
  powershell: [...powershellPatterns, ...placePatterns],
  meson: [...mesonPatterns, ...placePatterns],
  'other-script': [...otherScriptPatterns, ...placePatterns],
};
