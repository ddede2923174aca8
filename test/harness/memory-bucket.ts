/** An R2 bucket in memory, for tests in this process; the stories through the real Worker use wrangler's own. */
export type MemoryBucket = Pick<R2Bucket, 'put' | 'get' | 'head' | 'delete' | 'list'> & { keys(): string[] };

type Kept = { bytes: Uint8Array; options: R2PutOptions | undefined; uploaded: Date };

export function createMemoryBucket(): MemoryBucket {
  const kept = new Map<string, Kept>();

  function describe(key: string, { bytes, options, uploaded }: Kept): R2Object {
    return {
      key,
      size: bytes.length,
      etag: `${bytes.length}-${key}`,
      httpEtag: `"${bytes.length}-${key}"`,
      uploaded,
      httpMetadata: (options?.httpMetadata ?? {}) as R2HTTPMetadata,
      customMetadata: options?.customMetadata ?? {},
      writeHttpMetadata(headers: Headers) {
        const { contentType } = (options?.httpMetadata ?? {}) as R2HTTPMetadata;
        if (contentType) headers.set('content-type', contentType);
      },
    } as unknown as R2Object;
  }

  function cut(bytes: Uint8Array, range: R2GetOptions['range']): Uint8Array {
    if (!range || range instanceof Headers) return bytes;
    const { offset, length, suffix } = range as { offset?: number; length?: number; suffix?: number };
    if (suffix !== undefined) return bytes.slice(Math.max(0, bytes.length - suffix));
    const start = offset ?? 0;
    return bytes.slice(start, length === undefined ? undefined : start + length);
  }

  return {
    keys: () => [...kept.keys()].toSorted(),
    async put(key: string, value: unknown, options?: R2PutOptions) {
      const bytes = new Uint8Array(await new Response(value as BodyInit).arrayBuffer());
      const entry = { bytes, options, uploaded: new Date() };
      kept.set(key, entry);
      return describe(key, entry);
    },
    async get(key: string, options?: R2GetOptions) {
      const entry = kept.get(key);
      if (!entry) return null;
      const bytes = cut(entry.bytes, options?.range);
      const body = new Response(bytes as BodyInit);
      return Object.assign(describe(key, entry), {
        body: body.body,
        arrayBuffer: () => body.arrayBuffer(),
        text: () => body.text(),
        json: () => body.json(),
        range: options?.range,
      });
    },
    async head(key: string) {
      const entry = kept.get(key);
      return entry ? describe(key, entry) : null;
    },
    async delete(keys: string | string[]) {
      for (const key of [keys].flat()) kept.delete(key);
    },
    async list(options?: R2ListOptions) {
      const names = [...kept.keys()].filter((key) => key.startsWith(options?.prefix ?? '')).toSorted();
      return {
        objects: names.map((key) => describe(key, kept.get(key) as Kept)),
        truncated: false,
        delimitedPrefixes: [],
      } as unknown as R2Objects;
    },
  } as unknown as MemoryBucket;
}
