/** The public address of a stored picture or file (served by the media feature). Keys are unguessable. */
export function mediaUrl(publicUrl: string, key: string): string {
  return `${publicUrl}/media/${key}`;
}
