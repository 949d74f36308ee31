import { type Document, type ParsedNode, parseDocument, visit, type visitor } from 'yaml';
import { remembered } from './remembered.ts';

/** A file of CI as YAML, broken places and all; parsed once for all that is looked for in it. */
const documentOf = remembered((text): { readonly document?: Document<ParsedNode> } => {
  try {
    return { document: parseDocument(text, { logLevel: 'silent', uniqueKeys: false }) };
  } catch {
    // Nesting without end, which no runner reads either.
    return {};
  }
});

/** Walks through a file of CI. Returns whether it could be read; never throws for what stands in it. */
export function visitYaml(text: string, visitors: visitor): boolean {
  const { document } = documentOf(text);
  if (document === undefined) return false;
  try {
    visit(document, visitors);
    return true;
  } catch {
    return false;
  }
}
