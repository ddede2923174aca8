import * as z from 'zod';
import { Id, lineText, multiLineText } from '../../platform/http/schemas.ts';

export const School = z
  .object({
    id: z.number().int(),
    nameKo: z.string(),
    nameEn: z.string(),
    region: z.string().meta({ example: '서울' }),
    emailDomains: z.array(z.string()),
    logoUrl: z.string().nullable(),
  })
  .meta({ id: 'School' });

export const Department = z
  .object({ id: z.number().int(), nameKo: z.string(), nameEn: z.string(), fieldId: z.number().int() })
  .meta({ id: 'Department' });

export const Field = z
  .object({ id: z.number().int(), nameKo: z.string(), nameEn: z.string() })
  .meta({ id: 'Field' });

export const SchoolList = z.object({ items: z.array(School) });
export const DepartmentList = z.object({ items: z.array(Department) });
export const FieldList = z.object({ items: z.array(Field) });

export const SearchQuery = z.strictObject({
  q: z.string().max(100).normalize('NFC').trim().min(1).meta({
    description:
      '한글, 영문, 일부, 초성(ㅅㅇㄷ), 메일 도메인 · Korean, English, a fragment, 초성, a mail domain',
    example: 'ㅅㅇㄷ',
  }),
  limit: z.coerce.number().int().min(1).max(50).default(10),
});

export const AskForSchool = z.strictObject({
  kind: z.enum(['school', 'department']),
  name: lineText(100),
  detail: multiLineText(1000).default(''),
  contactEmail: z.email().max(254).optional(),
});

export const InquiryFiled = z.object({ id: Id }).meta({ id: 'InquiryFiled' });
