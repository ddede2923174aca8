import { isPublicName } from '../../../platform/open-host-fetch.ts';
import { SourceError } from '../source.ts';

const LOGIN_HOSTS = new Set(['accounts.kakao.com', 'logins.daum.net', 'accounts.google.com']);
const CONSENT_HOST = /^consent\.(?:google|youtube)\./;

/**
 * Where a redirect of a source leads: another address of the same host, for any other host has a pace, a robots.txt and
 * a circuit of its own. Throws what else it is: a login, a consent or CAPTCHA page, an address that is none of the open
 * web's, or just another place. `seen` holds the addresses of this request so far.
 */
export function checkRedirect(location: string, from: URL, seen: Set<string>): URL {
  // Browsers read `\` as `/` and skip tabs: whoever writes such an address is up to something.
  const isPlain = /^[\x21-\x7e]+$/.test(location) && !location.includes('\\');
  const url = isPlain ? URL.parse(location, from) : null;
  if (!url) throw new SourceError('redirect_refused');
  if (url.port !== '' || url.username !== '' || url.password !== '' || !isPublicName(url.hostname)) {
    throw new SourceError('ssrf_blocked');
  }
  if (LOGIN_HOSTS.has(url.hostname)) throw new SourceError('blocked_login');
  if (CONSENT_HOST.test(url.hostname)) throw new SourceError('blocked_consent');
  if (/(?:^|\.)google\.com$/.test(url.hostname) && url.pathname.startsWith('/sorry/')) {
    throw new SourceError('throttled');
  }
  if (url.protocol !== 'https:' || url.host !== from.host) throw new SourceError('redirect_refused');
  url.hash = '';
  // Sent in a circle because we keep no cookie: a wall, too.
  if (seen.has(url.href)) throw new SourceError('blocked_login');
  seen.add(url.href);
  return url;
}
