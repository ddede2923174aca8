import * as z from 'zod';
import { Id, lineText } from '../../platform/http/schemas.ts';
import { VARIANT_WIDTHS, type VariantWidth } from './image-variants.ts';

export const ImageQuery = z.strictObject({
  kind: z
    .enum(['image', 'avatar'])
    .default('image')
    .meta({ description: 'avatar: 프로필 사진 · for profiles' }),
});

export const FileQuery = z.strictObject({
  name: lineText(200)
    .refine((name) => !/[/\\]/.test(name), { message: 'path_in_name' })
    .meta({ description: '파일 이름 (URL 인코딩) · the name, percent-encoded', example: '포트폴리오.pdf' }),
});

export const Uploaded = z
  .object({
    id: Id,
    kind: z.enum(['image', 'file', 'avatar', 'preview']),
    contentType: z.string(),
    size: z.number().int().meta({ description: 'Bytes as stored' }),
    width: z.number().int().nullable().meta({ description: 'As shown: the orientation is applied' }),
    height: z.number().int().nullable(),
    fileName: z.string().nullable(),
  })
  .meta({ id: 'Uploaded', description: 'Waits 24 hours to be used in a post or profile' });

export const MediaParams = z.strictObject({
  key: z
    .string()
    .regex(/^[\w-]{43}$/)
    .meta({ example: 'aV9b3xK0u6xJmJ0m8lq3cJwS1n2Zq4YtT5pE7rD8fGh' }),
});

export const MediaQuery = z.strictObject({
  size: z
    .enum(VARIANT_WIDTHS.map(String) as [`${VariantWidth}`, ...`${VariantWidth}`[]])
    .transform((width) => Number(width) as VariantWidth)
    .optional()
    .meta({ description: '가로 픽셀 · width in pixels' }),
});
