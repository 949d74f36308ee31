import { type CodePattern, is } from './pattern.ts';

/** Meson (Reference manual; wrap files). */
export const mesonPatterns: readonly CodePattern[] = [
  is(
    /\b(?:run_command|add_script|add_install_script|add_postconf_script)\s*\([^)]*?["']([^"'\n]{1,400})["']/,
    'command',
  ),
  // One that was found before.
  is(
    /\b(?:run_command|add_script|add_install_script|add_postconf_script)\s*\(\s*\w*?(python3?|perl|ruby|node|bash)\w*(?=\s*,)/,
    'command',
  ),
  // A target's own name comes first, and runs nothing.
  is(/(?:^|[\s,(])command\s*:\s*\[?\s*["']([^"'\n]{1,400})["']/, 'command'),
  is(/\bfind_program\s*\(\s*["']([^"'\n]{1,100})["']/, 'command'),
  is(/^\s*(?:source_url|url)\s*=\s*(\S+)/, 'network'),
  is(/\bsubproject\s*\(\s*["']([^"'\n]+)["']/, 'metadata'),
];
