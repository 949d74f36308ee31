import { type CodePattern, is } from './pattern.ts';

/** Tcl and Expect, by their manuals. */
export const tclPatterns: readonly CodePattern[] = [
  is(/\bpackage\s+require\s+(?:-exact\s+)?(http|tls|ftp|uri|dns|smtp|udp|TclCurl|websocket)\b/, 'network'),
  is(/(?:^|[[;{])\s*(socket)\s+\S|\b(http::geturl)\b/, 'network'),
  is(/(?:^|[[;{])\s*(?:exec|spawn)\s+(?:-\w+\s+)*([^\];\n]{1,400})/, 'command'),
  is(/\bopen\s+["{]?\|\s*([^"}\];\n]{1,400})/, 'command'),
  is(/(?:^|[[;{])\s*eval\s/, 'worked-out'),
  is(/(?:^|[[;{])\s*(load)\s+\S/, 'loads-library'),
];
