import { z } from 'zod';
import type { Verdict } from '../policy/verdict.ts';

// The shape of a stored verdict. Members that are not known here are let through: a newer version may have
// written them. The members that decide are strict.

const evidence = z.looseObject({
  file: z.string().exactOptional(),
  line: z.number().exactOptional(),
  column: z.number().exactOptional(),
  advisory: z.string().exactOptional(),
  url: z.string().exactOptional(),
  values: z.record(z.string(), z.string()).exactOptional(),
});

const finding = z.looseObject({
  rule: z.string(),
  effect: z.enum(['warn', 'hold', 'review', 'deny']),
  subject: z.string(),
  message: z.string(),
  evidence,
  next: z.string(),
  until: z.iso.datetime().exactOptional(),
});

const shape = z.looseObject({
  decision: z.enum(['allow', 'hold', 'review', 'deny']),
  until: z.iso.datetime().exactOptional(),
  findings: z.array(finding),
}) satisfies z.ZodType<Verdict>;

/** Whether a value that was read from the store is a verdict. */
export function isVerdict(value: unknown): value is Verdict {
  return shape.safeParse(value).success;
}
