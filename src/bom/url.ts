/**
 * An address as documents take it: a URI of RFC 3986 (appendix A), which is what xmllint holds `xs:anyURI` to while the JSON
 * schema's validator takes nearly any text. What WHATWG's reading makes one of is written so; `undefined` for the rest.
 */
export function addressOf(text: string): string | undefined {
  const trimmed = text.trim();
  if (uri.test(trimmed)) return trimmed;
  const href = URL.parse(trimmed)?.href;
  return href !== undefined && uri.test(href) ? href : undefined;
}

const char = "(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})";
const uri = new RegExp(`^(?:https?|git|ssh)://(?:\\[[0-9A-Fa-f:.]+\\])?${char}*(?:#${char}*)?$`);
