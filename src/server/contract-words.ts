import { z } from 'zod';

// What the schemas of the API share.

export const time = z.iso.datetime().describe('RFC 3339');
/** Text that both databases keep as it is. */
export const plain = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => !text.includes('\0') && text.isWellFormed(), 'expected text without NUL');
export const short = plain(300);
export const long = plain(2000);
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
