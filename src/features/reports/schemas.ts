import * as z from 'zod';
import { Id, multiLineText, Time } from '../../platform/http/schemas.ts';

export const REPORT_REASONS = [
  'spam',
  'abuse',
  'sexual',
  'violence',
  'false_information',
  'impersonation',
  'privacy',
  'copyright',
  'other',
] as const;

export const FileReport = z.strictObject({
  targetKind: z
    .enum(['post', 'comment', 'user'])
    .meta({ description: '답글은 comment · a reply is a comment' }),
  targetId: Id,
  reason: z.enum(REPORT_REASONS).meta({
    description: '스팸 · 욕설 · 음란 · 폭력 · 허위 정보 · 사칭 · 개인정보 노출 · 저작권 · 기타',
  }),
  text: multiLineText(1000).default('').meta({ description: '자세한 내용 · What staff should know' }),
});

export const ReportFiled = z.object({ id: Id, createdAt: Time }).meta({ id: 'ReportFiled' });
