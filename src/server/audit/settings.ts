import type { AuditState } from '../../audit/entry.ts';
import { digestOfJson } from '../../policy/canonical-json.ts';
import { type Auditor, starting } from '../../registry/auditor.ts';
import type { Store } from '../../store/store.ts';
import type { ServerConfig } from '../config.ts';

/**
 * Writes down that a server was started with other settings than the last one: which sections differ, by their digests, since what
 * stands in them may be secret.
 */
export async function noteSettings(
  store: Store,
  auditor: Auditor | undefined,
  config: ServerConfig,
  now: number,
): Promise<void> {
  if (auditor === undefined) return;
  const settings = digestsOf(config);
  await store.write(async (tx) => {
    const last = (await tx.lastAudit('settings.changed'))?.after ?? {};
    const names = [...new Set([...Object.keys(last), ...Object.keys(settings)])].sort();
    if (names.every((name) => last[name] === settings[name])) return;
    const event = { at: now, action: 'settings.changed', subject: 'server.toml' } as const;
    const before = Object.keys(last).length === 0 ? null : last;
    await auditor.note(tx, { ...starting, ...event, before, after: settings });
  });
}

/** SHA-256 (hex) of each section. */
function digestsOf(config: ServerConfig): AuditState {
  return Object.fromEntries(
    Object.entries(config).map(([name, section]) => [name, digestOfJson(section ?? null)]),
  );
}
