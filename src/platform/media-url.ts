/**
 * The address of a stored picture or file, below `config.mediaBaseUrl`: in production a host of its own, so that what
 * people upload never shares one with anything else. Keys are unguessable.
 */
export function mediaUrl(mediaBaseUrl: string, key: string): string {
  return `${mediaBaseUrl}/media/${key}`;
}
