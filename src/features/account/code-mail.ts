import type { Language } from '../../platform/errors.ts';
import type { MailContent } from '../../platform/mail-template.ts';
import type { CodePurpose } from './schemas.ts';

const PURPOSE: Record<CodePurpose, Record<Language, string>> = {
  sign_up: { ko: '회원가입', en: 'sign-up' },
  reset_password: { ko: '비밀번호 재설정', en: 'password reset' },
  change_email: { ko: '학교 재인증', en: 'school re-certification' },
  recovery_address: { ko: '복구 메일 등록', en: 'recovery address' },
};

/** The mail that carries a verification code. */
export function codeMail(language: Language, purpose: CodePurpose, code: string): MailContent {
  const name = PURPOSE[purpose][language];
  if (language === 'ko') {
    return {
      subject: `[루프어스] ${name} 인증번호 ${code}`,
      heading: `${name} 인증번호`,
      paragraphs: [
        '아래 인증번호 6자리를 앱에 입력해 주세요. 3분 동안 쓸 수 있습니다.',
        '다른 사람에게 알려 주지 마세요.',
      ],
      code,
    };
  }
  return {
    subject: `[Loop Us] ${code} is your ${name} code`,
    heading: `Your ${name} code`,
    paragraphs: [
      'Enter these 6 digits in the app. They are valid for 3 minutes.',
      'Never share this code with anyone.',
    ],
    code,
  };
}
