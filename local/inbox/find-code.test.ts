import { expect, test } from 'vitest';
import { findCode } from './find-code.ts';

test.each([
  ['a line of its own', '인증 코드', '2026년 안내 202611 입니다.\n\n  482913  \n\n감사합니다.', '482913'],
  ['within a sentence', 'Code', 'Your code is 007341.', '007341'],
  ['only in the subject', '[Loop Us] 120045', '내용 없음', '120045'],
  ['a longer number', 'Order', 'Order 12345678 was sent.', null],
  ['a telephone number', '연락처', '02-123456-7 로 전화 주세요.', null],
])('%s', (_name, subject, text, code) => {
  expect(findCode(subject, text)).toBe(code);
});
