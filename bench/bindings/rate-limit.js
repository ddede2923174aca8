/** A rate limit that nobody reaches, as the local environment's; plain workerd has none. */
// oxlint-disable-next-line import/no-default-export -- workerd calls the default export of a wrapped binding
export default function makeRateLimit() {
  return { limit: async () => ({ success: true }) };
}
