/** A certificate that vouches for itself, for loopback. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tls } from '../../src/server/app.ts';
import { type Cleanup, tempDir } from './temp.ts';

export type TestCertificate = Tls & {
  /** The certificate as a file, for `CARGO_HTTP_CAINFO`. */
  readonly certFile: string;
};

export function selfSigned(t?: Cleanup): TestCertificate {
  const folder = tempDir(t, 'safeguard-tls-');
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const names = 'subjectAltName=IP:127.0.0.1,DNS:localhost';
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  execFileSync(
    'openssl',
    ['req', '-x509', ...key, '-out', certFile, '-days', '2', '-subj', '/CN=localhost', '-addext', names],
    { stdio: 'pipe' },
  );
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), certFile };
}
