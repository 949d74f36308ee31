import { type CodePattern, is } from './pattern.ts';

/** Command lines, whatever code they stand in. */
export const linePatterns: readonly CodePattern[] = [
  is(
    /(?:^|[\s;&|("'`[])(curl|wget|aria2c|ncat|netcat|socat|certutil|bitsadmin|invoke-webrequest)\s+(?:-|https?:|\$|["'])/i,
    'downloader',
  ),
  is(/(?:^\s*(?:RUN\s+|@)?|\bexec\s+|["'[]\s*)(curl|wget)\s+[\w.$-]/, 'downloader'),
  is(/\b(git\s+(?:clone|fetch|pull))\b/, 'downloader'),
  is(/\|\s*(?:ba|z|da)?sh\b/, 'data-as-code', '… | sh'),
];

/** Any other script, and what is no script of a known language. */
export const otherScriptPatterns: readonly CodePattern[] = [
  ...linePatterns,
  is(/\b(XMLHTTP|WinHttp\.WinHttpRequest|socket\.http|fsockopen|curl_init)\b/i, 'network'),
  is(/\b(?:system|(?:m4_)?e?syscmd(?:_s)?|os\.execute|io\.popen|shell_exec|WScript\.Shell)\b/, 'process'),
];
