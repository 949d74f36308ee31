import { type CodePattern, is } from './pattern.ts';

const running = 'exec|shell_exec|system|passthru|popen|proc_open|pcntl_exec';
const opening =
  'file_get_contents|file_put_contents|fopen|readfile|copy|file|getimagesize|simplexml_load_file|include(?:_once)?|require(?:_once)?';

/** PHP (php.net, "Program execution Functions", "Stream Functions", "List of Supported Protocols and Wrappers"). */
export const phpPatterns: readonly CodePattern[] = [
  is(
    /\b(p?fsockopen|stream_socket_(?:client|server)|socket_(?:create|connect|sendto)|curl_(?:init|exec|multi_exec)|gethostbyname\w*|gethostbyaddr|dns_get_\w+|checkdnsrr|ftp_(?:ssl_)?connect|ssh2_connect|imap_open|get_headers|http_get|SoapClient|mail)\s*\(/,
    'network',
  ),
  is(
    new RegExp(String.raw`\b(${opening})\b[^;]*(?:https?|ftps?|ssh2(?:\.\w+)?|ssl|tls|tcp|udp)://`),
    'network',
  ),
  is(new RegExp(String.raw`(?:https?|ftps?)://[^;]*;.*\b(${opening})\s*\(\s*\$`), 'network'),
  is(new RegExp(String.raw`(?<![\w>:$])(?:${running})\s*\(\s*\[?\s*["']([^"'\n]{1,400})["']`), 'command'),
  is(new RegExp(String.raw`(?<![\w>:$])(?:${running})\s*\((?!\s*\[?\s*["'])`), 'process'),
  is(/`([^`\n]{1,400})`/, 'command'),
  is(
    /(?<![\w>:$])(?:eval|assert|create_function|call_user_func\w*)\s*\(|(?<![>:\w])\$\w+\s*\(|(?:data|expect|phar):\/\/|php:\/\/(?:input|stdin|filter)/,
    'worked-out',
  ),
  is(/\b(FFI::\w+|dl)\s*\(/, 'loads-library'),
  is(/\b(base64_decode|gzinflate|gzuncompress|hex2bin|str_rot13|convert_uudecode)\s*\(/, 'decodes'),
  is(
    /\b(?:print_r|var_dump|var_export|json_encode|serialize)\s*\(\s*(?:\$_ENV|\$_SERVER|getenv\(\s*\))/,
    'reads-all-variables',
  ),
];
