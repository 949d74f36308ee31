import { z } from 'zod';
import { type Origin, policySchema } from './policy.ts';

/** JSON Schema of `safeguard.toml` (draft 2020-12), for editors. */
export function policyJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(policySchema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // How layers are put together is ours to know, not the editor's.
      delete jsonSchema.stricter;
    },
  });
}

/** One setting as its schema describes it. */
export interface SettingDescription {
  readonly section: string;
  readonly key: string;
  readonly description: string;
  /** As a person writes it. */
  readonly defaultValue: unknown;
}

let described: readonly SettingDescription[] | undefined;

/** Every setting of the policy, in the order of the rules. */
export function describeSettings(): readonly SettingDescription[] {
  // They are the same as long as the program is: making the schema takes a dozen milliseconds.
  described ??= settingsOfSchema();
  return described;
}

function settingsOfSchema(): readonly SettingDescription[] {
  const properties = policyJsonSchema().properties as Readonly<Record<string, JsonNode>>;
  return Object.entries(properties).flatMap(([section, node]) =>
    Object.entries(node.properties ?? {}).map(([key, setting]) => ({
      section,
      key,
      description: setting.description ?? '',
      defaultValue: setting.default,
    })),
  );
}

/** A setting's value in force, as a person writes it; `undefined`: it is not set. */
export function writtenValue({ defaultValue }: SettingDescription, origin: Origin | undefined): unknown {
  return origin === undefined || origin.layer === 'default' ? defaultValue : origin.written;
}

interface JsonNode {
  readonly properties?: Readonly<Record<string, JsonNode>>;
  readonly description?: string;
  readonly default?: unknown;
}
