import { zValidator } from '@hono/zod-validator';
import type { MiddlewareHandler } from 'hono';
import type * as z from 'zod';
import { AppError, type FieldError } from '../errors.ts';

type Target = 'param' | 'query' | 'json';

const SOURCE: Record<Target, string> = { param: 'path', query: 'query', json: 'body' };

/** Validates one part of a request; all faults are told at once, each with its place. */
export function validate(target: Target, schema: z.ZodType): MiddlewareHandler {
  return zValidator(target, schema as z.ZodObject, (result) => {
    if (result.success) return;
    const fields = result.error.issues.flatMap((issue) =>
      toFieldErrors(SOURCE[target], issue as z.core.$ZodIssue),
    );
    throw new AppError('invalid_input', { fields });
  });
}

function toFieldErrors(source: string, issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: [source, ...issue.path.map(String), key].join('.'),
      code: 'unknown_field',
      message: { ko: '알 수 없는 항목입니다.', en: 'Unknown field.' },
    }));
  }
  return [{ field: [source, ...issue.path.map(String)].join('.'), ...describeIssue(issue) }];
}

function describeIssue(issue: z.core.$ZodIssue): Omit<FieldError, 'field'> {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? { code: 'required', message: { ko: '꼭 필요한 항목입니다.', en: 'Required.' } }
        : {
            code: 'wrong_type',
            message: { ko: `형식이 다릅니다(${issue.expected}).`, en: `Must be ${issue.expected}.` },
          };
    case 'too_big':
      return {
        code: 'too_large',
        message: { ko: `${issue.maximum} 이하여야 합니다.`, en: `At most ${issue.maximum}.` },
      };
    case 'too_small':
      return {
        code: 'too_small',
        message: { ko: `${issue.minimum} 이상이어야 합니다.`, en: `At least ${issue.minimum}.` },
      };
    case 'invalid_value':
      return {
        code: 'not_allowed',
        message: {
          ko: `다음 중 하나여야 합니다: ${issue.values.join(', ')}`,
          en: `Must be one of: ${issue.values.join(', ')}`,
        },
      };
    case 'custom':
      return describeCustom(issue);
    default:
      return { code: 'wrong_format', message: { ko: '형식이 올바르지 않습니다.', en: 'Wrong format.' } };
  }
}

function describeCustom(issue: z.core.$ZodIssueCustom): Omit<FieldError, 'field'> {
  const { maximum, minimum } = (issue.params ?? {}) as { maximum?: number; minimum?: number };
  if (issue.message === 'too_long') {
    return {
      code: 'too_long',
      message: { ko: `${maximum}자까지 쓸 수 있습니다.`, en: `At most ${maximum} characters.` },
    };
  }
  if (issue.message === 'too_short') {
    return {
      code: 'too_short',
      message: { ko: `${minimum}자 이상이어야 합니다.`, en: `At least ${minimum} characters.` },
    };
  }
  if (issue.message === 'control_characters' || issue.message === 'line_breaks') {
    return {
      code: issue.message,
      message: { ko: '쓸 수 없는 문자가 있습니다.', en: 'Contains characters not allowed here.' },
    };
  }
  if (issue.message === 'nothing_to_see') {
    return {
      code: 'nothing_to_see',
      message: { ko: '보이는 글자가 없습니다.', en: 'Has no visible character.' },
    };
  }
  return {
    code: /^[a-z_]+$/.test(issue.message) ? issue.message : 'not_valid',
    message: { ko: '올바르지 않습니다.', en: 'Not valid.' },
  };
}
