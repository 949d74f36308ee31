import type { FastifyInstance } from 'fastify';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import { effectiveSettings } from '../settings/effective.ts';
import { type SettingsJson, settingsSchema } from '../settings-contract.ts';

/**
 * What this server goes by. It is changed where it stands: a setting that a page could change, whoever takes over a
 * session could.
 */
export function settingsRoutes(app: FastifyInstance, { told }: ServerParts): void {
  app.get(
    '/api/v1/settings',
    needs('settings:read', {
      summary: 'Show what this server goes by, and where each of it comes from; no secret is among it',
      answer: settingsSchema,
    }),
    (_request, reply) => {
      const answer: SettingsJson = { file: told.file?.file ?? null, settings: effectiveSettings(told) };
      return reply.send(answer);
    },
  );
}
