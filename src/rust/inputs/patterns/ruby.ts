import { type CodePattern, is } from './pattern.ts';

/** Ruby (Kernel, Process, Open3, IO). */
export const rubyPatterns: readonly CodePattern[] = [
  is(
    /\b(Net::\w+|open-uri|OpenURI|(?:TCP|UDP|UNIX)(?:Socket|Server)|Socket\.(?:new|tcp|udp|unix|getaddrinfo)|Addrinfo|URI\.open|Faraday|RestClient|HTTParty|Excon)\b/,
    'network',
  ),
  is(/(?:\b(?:system|exec|spawn|popen)|^\s*sh)\s*\(?\s*\[?\s*["']([^"'\n]{0,400})["']/, 'command'),
  is(/\bOpen3\.\w+\s*\(?\s*["']([^"'\n]{0,400})["']/, 'command'),
  is(/\b(?:Open3\.\w+|IO\.popen|Process\.spawn|PTY\.spawn)\b(?!\s*\(?\s*\[?\s*["'])/, 'process'),
  is(
    /(?:^|[;&(])\s*require\s*\(?\s*["'](socket|net\/\w+|open-uri|httparty|faraday|rest-client|typhoeus|excon|httpx|resolv|drb)["']/,
    'network',
  ),
  is(/\b(?:public_send|__send__|send|method)\s*\(?\s*:(?:system|exec|eval|spawn|open|`)/, 'worked-out'),
  is(/\bENV\.(?:to_h(?:ash)?|each\w*|map|inspect|to_a|sort)\b/, 'reads-all-variables'),
  is(
    /(?:[=({;,]|^|\b(?:puts|print|p|return|and|or|if|unless)\b)\s*(?:%x[({[]|`)([^`)}\]\n]{1,400})/,
    'command',
  ),
  is(/(?<![\w.])(?:Kernel\.|IO\.|URI\.)?(?:open|read|popen)\s*\(?\s*["']\|\s*([^"'\n]{1,400})/, 'command'),
  is(/(?:^|[;{(]\s*|\bKernel\.)(?:system|exec|spawn)\s*\(\s*[a-z@$*]/, 'process'),
  is(/(?<![\w.])open\s*\(?\s*["'](https?|ftp):/, 'network'),
  is(/\b(?:instance_eval|class_eval|eval)\b\s*\(?[^{\s]/, 'worked-out'),
  is(/\b(Base64\.decode\w*|unpack1?)\b/, 'decodes'),
];
