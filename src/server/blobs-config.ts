import { z } from 'zod';
import { RegistryError } from '../registry/error.ts';
import { Bucket, type BucketPorts } from '../store/s3/bucket.ts';

/** `[blobs]` of `server.toml`. */
export const blobsConfig = z.strictObject({
  bucket: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !/[?#]/.test(url) && !/:\/\/[^/]*@/.test(url), 'expected no query, no # and no password')
    .describe(
      'Endpoint and bucket of an S3-compatible store: `https://s3.example.com/crates`, or `https://crates.s3.example.com`.',
    ),
  prefix: z
    .string()
    .max(500)
    .default('')
    .describe('What the names of all objects begin with, such as `safeguard/`.'),
  region: z.string().min(1).default('us-east-1').describe('As the store names its own.'),
  cache: z
    .int()
    .min(1)
    .default(4096)
    .describe('MiB of the data folder for copies of what was used last; the largest crates need 64.'),
});

/** The bucket that blobs are kept in; `undefined`: the data folder. Throws `RegistryError` where no key is there. */
export function bucketOf(
  config: z.output<typeof blobsConfig> | undefined,
  env: Readonly<Record<string, string | undefined>>,
  ports: BucketPorts = {},
): Bucket | undefined {
  if (config === undefined) return undefined;
  const { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey, AWS_SESSION_TOKEN: session } = env;
  if (!accessKey || !secretKey)
    throw new RegistryError(
      'registry/bad-config',
      '[blobs] names a bucket, and there is no key for it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    );
  const { bucket: url, prefix, region } = config;
  return new Bucket({ url, prefix, region, accessKey, secretKey, sessionToken: session || undefined }, ports);
}
