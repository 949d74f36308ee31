/** Whether what was typed can be the whole of a question: each key before that would be one in vain. */
export function isWhole(text: string, library: boolean): boolean {
  if (text === '' || /^[\w.+-]+@\S*\d$/.test(text)) return true;
  return !library && /^(?:RUSTSEC|CVE|DSA|DLA|USN)-\d{4}-\d{4,}$|^GHSA(?:-\w{4}){3}$/i.test(text);
}
