import { type Document, type ParsedNode, parseAllDocuments, visit, type visitor } from 'yaml';
import { remembered } from './remembered.ts';

/** A file of CI as YAML, broken places and all; parsed once for all that is looked for in it. */
const documentsOf = remembered((text): { readonly documents?: readonly Document<ParsedNode>[] } => {
  try {
    // GitLab has what a pipeline is told in a document of its own, in front.
    return { documents: [...parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false })] };
  } catch {
    // Nesting without end, which no runner reads either.
    return {};
  }
});

/** Walks through a file of CI. Returns whether it could be read; never throws for what stands in it. */
export function visitYaml(text: string, visitors: visitor): boolean {
  const { documents } = documentsOf(text);
  if (documents === undefined) return false;
  try {
    for (const document of documents) visit(document, visitors);
    return true;
  } catch {
    return false;
  }
}
