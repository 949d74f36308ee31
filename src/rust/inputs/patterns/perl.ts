import { type CodePattern, is } from './pattern.ts';

/** Perl (perlfunc, perlipc). */
export const perlPatterns: readonly CodePattern[] = [
  is(
    /(?:^|[;{])\s*(?:use|require)\s+(LWP[\w:]*|HTTP::\w+|IO::Socket[\w:]*|Socket|Net::\w+|Mojo::UserAgent|WWW::\w+|Furl)\b/,
    'network',
  ),
  is(/\b(?:system|exec)\s*\(?\s*["']([^"'\n]{0,400})["']/, 'command'),
  // What begins with `&` is a call in the text of a generator of assembler, and no command of a shell's.
  is(/(?:[=(;]|^|\b(?:print|say|return|and|or|if|unless)\b)\s*`(?!&)([^`\n]{1,400})/, 'command'),
  is(/(?:^|[\s=(,;])qx\s*[({[/|!"'~#]([^)}\]/|!"'~#\n]{1,400})/, 'command'),
  is(/\b(?:system|exec)\s*\{\s*["']([^"'\n]{1,400})["']/, 'command'),
  is(/\bopen\s*\(?[^;\n]*,\s*["']([^"'|\n]{1,400})\|\s*["']/, 'command'),
  is(/["'](?:-\||\|-)["']\s*,\s*["']([^"'\n]{1,400})["']/, 'command'),
  is(/\b(HTTP::Tiny|LWP::UserAgent|IO::Socket::\w+)\s*->\s*new\b/, 'network'),
  is(/(?:^|[;{]\s*)(?:system|exec)\s*\(?\s*[$@]\w/, 'process'),
  is(/(?:^|[\s;({=])(socket|socketpair|connect|getprotobyname|gethostbyname)\s*\(/, 'network'),
  is(/(?:^|[\s;({=])(?:syscall|dbmopen)\b\s*\(?/, 'worked-out'),
  is(
    /\b(?:keys|values|each|map\s*\{[^}]*\}\s*sort\s+keys|sort\s+keys)\s*\(?\s*%ENV\b|\bDumper\s*\(?\s*\\?%ENV\b/,
    'reads-all-variables',
  ),
  is(/\bopen\s*\(?[^;\n]*["']\s*-?\|\s*([^"'\n]*)["']/, 'command'),
  is(/\beval\s+[^{;\s]/, 'worked-out'),
  is(/\b(MIME::Base64|decode_base64)\b/, 'decodes'),
];
