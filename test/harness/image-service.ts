/** Stands in for Cloudflare's image service in this process: the answer names what was asked, so that tests can tell. */
export function createTestImages(): Pick<ImagesBinding, 'input'> {
  return {
    input(stream: ReadableStream<Uint8Array>) {
      const steps: ImageTransform[] = [];
      const transformer = {
        transform(step: ImageTransform) {
          steps.push(step);
          return transformer;
        },
        async output(options: ImageOutputOptions) {
          const { byteLength } = await new Response(stream as unknown as BodyInit).arrayBuffer();
          const told = JSON.stringify({ from: byteLength, steps, ...options });
          return { response: () => new Response(told) };
        },
      };
      return transformer as unknown as ImageTransformer;
    },
  };
}
