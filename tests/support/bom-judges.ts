/** Those who judge documents: CycloneDX's own JSON validator, and xmllint with its XML schema. */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';

const schemas = join(
  dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json')),
  'res/schema',
);

/** What the official schema finds wrong; `undefined` where it is right. */
export async function jsonProblem(text: string, version: '1.6' | '1.7'): Promise<string | undefined> {
  const spec = version === '1.7' ? Spec.Version.v1dot7 : Spec.Version.v1dot6;
  const problem = await new Validation.JsonStrictValidator(spec).validate(text);
  return problem === null ? undefined : JSON.stringify(problem);
}

/** What xmllint says; `undefined` where the document is valid. */
export function xmlProblem(text: string, version: '1.6' | '1.7'): string | undefined {
  try {
    const schema = join(schemas, `bom-${version}.SNAPSHOT.xsd`);
    execFileSync('xmllint', ['--noout', '--nonet', '--schema', schema, '-'], { input: text, stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr ?? error);
  }
}
