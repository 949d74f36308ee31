import { z } from 'zod';
import { transferLimits } from '../facts/transfer.ts';
import { durationSetting } from '../policy/duration.ts';

/** `[limits]` of `server.toml`. */
export const limitsConfig = z.strictObject({
  'transfer-rate': z
    .int()
    .min(1)
    .default(transferLimits.rate)
    .describe('Bytes a second that an upstream must send, on average over half a minute.'),
  'transfer-time': durationSetting('10m').describe('Time in which an upstream must have sent a whole file.'),
});
