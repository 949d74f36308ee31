import { type CodePattern, is } from './pattern.ts';

/** Awk (POSIX; gawk, "Using gawk for Network Programming"). */
export const awkPatterns: readonly CodePattern[] = [
  is(/(\/inet[46]?)\/(?:tcp|udp|raw)\//, 'network'),
  is(/\bsystem\s*\(\s*(?:sprintf\s*\(\s*)?"([^"\n]{1,400})"/, 'command'),
  is(/"([^"\n]{1,400})"\s*\|&?\s*getline\b/, 'command'),
  is(/\bprintf?\b[^\n]*(?<!\|)\|&?\s*"([^"\n]{1,400})"/, 'command'),
  is(
    /\bsystem\s*\(\s*(?!sprintf\s*\(\s*")[^"\s)]|[\w)\]]\s*(?<!\|)\|&?\s*getline\b|\bprintf?\b[^"\n]*(?<!\|)\|&?\s*[A-Za-z_(]/,
    'worked-out',
  ),
  is(/\bin\s+(ENVIRON)\b/, 'reads-all-variables'),
];
