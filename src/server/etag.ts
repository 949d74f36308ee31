/**
 * Whether an `If-None-Match` header names one of the ETags that are served now, or any (`*`). It compares weakly
 * (RFC 9110 §13.1.2). The ETags must have no comma in them.
 */
export function namesOneOf(header: string | undefined, etags: readonly string[]): boolean {
  if (header === undefined) return false;
  return header.split(',').some((candidate) => {
    const value = candidate.trim().replace(/^W\//, '');
    return value === '*' || etags.includes(value);
  });
}
