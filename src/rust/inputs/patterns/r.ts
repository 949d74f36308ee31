import { type CodePattern, is } from './pattern.ts';

/** R (base, utils) and packages that talk to others. */
export const rPatterns: readonly CodePattern[] = [
  is(
    /(?<![\w.])(download\.file|download\.packages|install\.packages|available\.packages|update\.packages|url|socketConnection|serverSocket|make\.socket|curlGetHeaders|nsl|browseURL|getURL|install_\w+)\s*\(/,
    'network',
  ),
  is(/\b(curl|httr2?|RCurl|remotes|devtools|pak|BiocManager|websocket)::+\w/, 'network'),
  is(/\b(?:library|require)\s*\(\s*["']?(curl|httr2?|RCurl|remotes|devtools|pak|websocket)\b/, 'network'),
  is(/\b(readLines|source|read\.\w+|readRDS|load|scan)\s*\(\s*["'](?:https?|ftp):/, 'network'),
  is(
    /(?<![\w.])(?:system2?|shell(?:\.exec)?|pipe)\s*\(\s*(?:command\s*=\s*)?["']([^"'\n]{1,400})["']/,
    'command',
  ),
  is(
    /(?<![\w.])(?:system2?|shell(?:\.exec)?|pipe)\s*\((?!\s*(?:command\s*=\s*)?["'])|\b(?:processx|sys|callr)::+\w/,
    'process',
  ),
  is(/\beval\s*\(\s*(?:parse|str2lang)\b|\bdo\.call\s*\(|\bget\s*\(\s*paste0?\(/, 'worked-out'),
  is(/\b(dyn\.load|library\.dynam)\s*\(/, 'loads-library'),
  is(/\b(base64_?decode|base64_dec|memDecompress)\s*\(/, 'decodes'),
  is(/\bSys\.getenv\s*\(\s*\)/, 'reads-all-variables'),
];
