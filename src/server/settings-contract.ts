import { z } from 'zod';

// What a server goes by, and where each of it comes from: the part of /api/v1.

const settingSchema = z.object({
  name: z
    .string()
    .describe('`--listen`, a variable, or the path in server.toml: `limits.late`, `upstream[0].index`'),
  description: z.string(),
  value: z
    .unknown()
    .describe('as a person writes it; null: not set, or a secret. Of addresses, no user, password or query'),
  isHidden: z.boolean().describe('it is set and may hold a secret, so that it is shown to nobody'),
  default: z.unknown().describe('null: none'),
  origin: z.enum(['default', 'file', 'environment', 'flag']),
  place: z.string().nullable().describe('the file with its line; null: it stands in none'),
});

/** `GET /api/v1/settings`. */
export const settingsSchema = z.object({
  file: z.string().nullable().describe('server.toml as it was named; null: none was given'),
  settings: z.array(settingSchema).readonly(),
});

export type SettingJson = z.infer<typeof settingSchema>;
export type SettingsJson = z.infer<typeof settingsSchema>;
