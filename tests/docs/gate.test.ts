import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { z } from 'zod';
import { gateVerdictSchema } from '../../src/gate/report/schema.ts';

it('docs/gate.md names every key of the JSON', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/gate.md'), 'utf8');
  const keysOf = (schema: unknown): string[] => {
    if (typeof schema !== 'object' || schema === null) return [];
    const { properties = {}, items } = schema as { properties?: Record<string, unknown>; items?: unknown };
    return [...Object.keys(properties), ...Object.values(properties).flatMap(keysOf), ...keysOf(items)];
  };
  const all = new Set(keysOf(z.toJSONSchema(gateVerdictSchema)));
  // Parts of a waiver and of an audit's answer.
  const inner = new Set(['by', 'reason', 'expires', 'who', 'says']);
  for (const key of all) if (!inner.has(key)) assert.ok(page.includes(`\`${key}\``), key);
});
