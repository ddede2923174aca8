/** An e-mail address as typed (trimmed, NFC) and the key that makes it one account's. */
export type Address = { address: string; key: string; domain: string };

const LOCAL_PART = /^[A-Za-z0-9.!#$%&'*/=?^_`{|}~-]+(\+[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]*)?$/;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/**
 * Reads an address; undefined when it is none. The key is lower case and without the `+tag`, so that one mailbox has
 * one account. Quoted local parts and IP literals are refused: no school hands them out.
 */
export function parseAddress(text: string): Address | undefined {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const domain = text.slice(at + 1).toLowerCase();
  const isFine =
    at > 0 && text.length <= 254 && local.length <= 64 && LOCAL_PART.test(local) && DOMAIN.test(domain);
  if (!isFine || local.startsWith('.') || local.includes('..')) return undefined;
  const [mailbox = ''] = local.toLowerCase().split('+');
  if (mailbox === '' || mailbox.endsWith('.')) return undefined;
  return { address: `${local}@${domain}`, key: `${mailbox}@${domain}`, domain };
}
