import { defineMail } from '../../platform/mails.ts';

/** To somebody who has just signed up. */
export const welcomeMail = defineMail({
  name: 'welcome',
  to: 'school',
  render: async (_ctx, _mail, language) =>
    language === 'ko'
      ? {
          subject: '[루프어스] 가입을 환영합니다',
          heading: '루프어스에 오신 것을 환영합니다',
          paragraphs: [
            '학교 메일 인증과 가입이 끝났습니다.',
            '첫 커리어를 만들고 오늘 한 일을 남겨 보세요. 하루하루의 기록이 포트폴리오가 됩니다.',
          ],
        }
      : {
          subject: '[Loop Us] Welcome',
          heading: 'Welcome to Loop Us',
          paragraphs: [
            'Your school address is verified and your account is ready.',
            'Make a first career and note what you did today: day by day it becomes your portfolio.',
          ],
        },
});

/** To every address of an account whose password was changed: its owner must hear of it, whoever did it. */
export const passwordChangedMail = defineMail({
  name: 'password_changed',
  to: 'all',
  render: async (_ctx, _mail, language) =>
    language === 'ko'
      ? {
          subject: '[루프어스] 비밀번호가 바뀌었습니다',
          heading: '비밀번호가 바뀌었습니다',
          paragraphs: [
            '루프어스 계정의 비밀번호가 바뀌었고, 다른 기기는 모두 로그아웃되었습니다.',
            '직접 바꾸지 않으셨다면 앱의 로그인 화면에서 바로 비밀번호를 재설정해 주세요.',
          ],
        }
      : {
          subject: '[Loop Us] Your password was changed',
          heading: 'Your password was changed',
          paragraphs: [
            'The password of your Loop Us account was changed, and all other devices were logged out.',
            'If that was not you, reset the password now from the log-in screen of the app.',
          ],
        },
});
