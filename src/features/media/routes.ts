import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { defaultAvatar } from './default-avatar.ts';
import { MAX_FILE_BYTES, MAX_IMAGE_BYTES } from './limits.ts';
import { FileQuery, ImageQuery, MediaParams, MediaQuery, Uploaded } from './schemas.ts';
import { serveMedia } from './serve-media.ts';
import { uploadFile, uploadImage, type Upload } from './upload-media.ts';

function uploadOf(request: Request, clientKey: string | undefined): Upload {
  return {
    body: request.body as ReadableStream<Uint8Array> | null,
    length: Number(request.headers.get('content-length')),
    clientKey,
  };
}

export const mediaEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'uploadImage',
      method: 'post',
      path: '/media/images',
      tag: 'media',
      auth: 'session',
      limit: 'write',
      summary: { ko: '이미지 올리기', en: 'Upload an image' },
      description: {
        ko: '본문에 이미지 파일을 그대로 담아 보냅니다. JPEG·PNG·WebP·GIF, 10MB·5천만 화소까지(프로필 사진은 5MB·2,500만 화소). 형식은 이름이 아니라 내용으로 정해지고, 위치·촬영 정보 등 그림이 아닌 것은 모두 지워집니다. HEIC는 앱에서 JPEG로 바꾸어 보내 주세요. 받은 id를 24시간 안에 포스트나 프로필에 쓰지 않으면 지워지고, 쓰기 전에는 주소로 볼 수 없습니다. 한 시간에 100번까지 올릴 수 있습니다.',
        en: 'The body is the image file itself. JPEG, PNG, WebP, GIF; at most 10 MB and 50 megapixels (profile pictures 5 MB and 25). The content decides the type, not the name; places, camera data and everything else that is not the picture is removed. Convert HEIC to JPEG in the app. Use the id in a post or profile within 24 hours; until then it cannot be seen under any address. At most 100 uploads an hour.',
      },
      query: ImageQuery,
      rawBody: ['*/*'],
      maxBodyBytes: MAX_IMAGE_BYTES,
      needsLength: true,
      isIdempotent: true,
      success: { status: 201, body: Uploaded },
      errors: [
        'upload_empty',
        'upload_cut_off',
        'image_heic',
        'image_not_supported',
        'image_broken',
        'image_too_many_pixels',
        'idempotency_key_reused',
        'conflict',
      ],
    },
    async ({ ctx, query, request, clientKey }) => uploadImage(ctx, query.kind, uploadOf(request, clientKey)),
  ),
  endpoint(
    {
      id: 'uploadFile',
      method: 'post',
      path: '/media/files',
      tag: 'media',
      auth: 'session',
      limit: 'write',
      summary: { ko: '파일 올리기', en: 'Upload a file' },
      description: {
        ko: '본문에 파일을 그대로 담아 보냅니다. 어떤 형식이든 30MB까지, 한 사람이 모두 합쳐 300MB까지입니다. 언제나 내려받기로만 열립니다.',
        en: 'The body is the file itself: any type, at most 30 MB, 300 MB a person in all. It is always served as a download.',
      },
      query: FileQuery,
      rawBody: ['*/*'],
      maxBodyBytes: MAX_FILE_BYTES,
      needsLength: true,
      isIdempotent: true,
      success: { status: 201, body: Uploaded },
      errors: ['upload_empty', 'upload_cut_off', 'storage_full', 'idempotency_key_reused', 'conflict'],
    },
    async ({ ctx, query, request, clientKey }) =>
      uploadFile(ctx, { fileName: query.name, contentType: mimeType(request) }, uploadOf(request, clientKey)),
  ),
  endpoint(
    {
      id: 'readDefaultAvatar',
      method: 'get',
      path: '/media/default-avatar.png',
      tag: 'media',
      auth: 'public',
      limit: 'none',
      summary: { ko: '기본 프로필 사진', en: 'The default profile picture' },
      success: { status: 200, contentType: 'image/png' },
      isUnversioned: true,
    },
    async () =>
      new Response(defaultAvatar(), {
        headers: { 'content-type': 'image/png', 'cache-control': 'public, max-age=86400' },
      }),
  ),
  endpoint(
    {
      id: 'readMedia',
      method: 'get',
      path: '/media/:key',
      tag: 'media',
      auth: 'public',
      limit: 'none',
      summary: { ko: '이미지 보기, 파일 받기', en: 'See an image, download a file' },
      description: {
        ko: '주소는 API가 준 그대로 씁니다. `size`를 주면 그 너비로 줄인 WebP를 받습니다. 포스트가 지워지면 곧 열리지 않습니다.',
        en: 'Use addresses as the API gives them. `size` answers a WebP of that width. An address stops working soon after its post is gone.',
      },
      params: MediaParams,
      query: MediaQuery,
      success: { status: 200, contentType: 'application/octet-stream' },
      errors: ['range_not_satisfiable'],
      isUnversioned: true,
    },
    async ({ ctx, params, query, request }) => serveMedia(ctx, params.key, query.size, request.headers),
  ),
];

/** The type that the sender names, for those who list files; it never decides how one is served. */
function mimeType(request: Request): string {
  const [type = ''] = (request.headers.get('content-type') ?? '').toLowerCase().split(';');
  return /^[\w.+-]{1,50}\/[\w.+-]{1,49}$/.test(type.trim()) ? type.trim() : 'application/octet-stream';
}
