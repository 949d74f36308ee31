import { z } from 'zod';

/** `[gate]`: how a change of a graph is looked at, whatever the rules say of it. */
export const gateSettings = z.strictObject({
  targets: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Target triples that the project is built for; none: those that cargo is configured for, else the machine that checks.',
    )
    .meta({ stricter: 'union' }),
});

export type GateSettings = z.output<typeof gateSettings>;
