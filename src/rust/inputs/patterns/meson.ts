import { type CodePattern, is } from './pattern.ts';

const ownProgram = 'a program of the package';

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
  is(
    /\b(?:run_command\s*\(|command\s*:\s*\[?|find_program\s*\()\s*(?:meson\s*\.\s*(?:current_|project_|global_)?(?:source_dir|source_root)\s*\(\s*\)\s*\/|files\s*\()/,
    'process',
    ownProgram,
  ),
  is(/\bfind_program\s*\([^)\n]*\bdirs\s*:/, 'process', ownProgram),
  is(
    /\badd_(?:project|global)_(?:link_)?arguments\s*\([^)]*?["'](-(?:B(?![a-z])|wrapper|fplugin|fpass-plugin|fuse-ld=[./]|-?specs=[./])[^"'\n]{0,200})["']/,
    'redirects-tools',
  ),
  is(/^\s*(?:source_url|url)\s*=\s*(\S+)/, 'network'),
  is(/\bsubproject\s*\(\s*["']([^"'\n]+)["']/, 'metadata'),
];
