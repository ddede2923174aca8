import type { Context } from 'hono';
import { chooseLanguage } from '../../platform/errors.ts';
import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { callerNetwork } from '../../platform/http/mount.ts';
import { changePassword, resetPassword } from './change-password.ts';
import { confirmCode } from './codes.ts';
import { leaveAccount } from './leave-account.ts';
import { logIn } from './log-in.ts';
import { recertify, removeRecoveryAddress, setRecoveryAddress } from './manage-addresses.ts';
import { readAccount, setConsent } from './manage-consents.ts';
import * as schema from './schemas.ts';
import { sendCode } from './send-code.ts';
import { endSession, listSessions, type LogInOrigin } from './sessions.ts';
import { requireAddress, signUp } from './sign-up.ts';
import { toAccount, toSession, toSessionGranted } from './view.ts';

function networkOf(c: Context): string {
  return callerNetwork(c.req.header('cf-connecting-ip'));
}

function originOf(c: Context, device: string | undefined): LogInOrigin {
  const { city, country } = (c.req.raw.cf ?? {}) as { city?: string; country?: string };
  return {
    device: device ?? (c.req.header('user-agent') ?? '').slice(0, 100),
    place: [city, country].filter(Boolean).join(', ').slice(0, 100),
    network: networkOf(c),
  };
}

const codeLimits = {
  ko: '메일 주소마다 30초에 한 번, 하루 10번까지 보냅니다. 답의 verificationId와 함께 써야 인증번호가 맞습니다. 계정이 있는 주소인지는 알 수 없습니다.',
  en: 'Per address: one mail in 30 seconds, 10 a day. The code counts only with the verificationId answered here. The answer never tells whether an address has an account.',
};

export const accountEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'askForCode',
      method: 'post',
      path: '/verifications',
      tag: 'account',
      auth: 'public',
      limit: 'write',
      summary: { ko: '인증번호 받기', en: 'Ask for a verification code' },
      description: codeLimits,
      body: schema.AskCode,
      success: { status: 202, body: schema.CodeSent },
      errors: ['school_not_supported', 'code_requested_too_often'],
    },
    async ({ ctx, body, c }) =>
      sendCode(ctx, body, {
        network: networkOf(c),
        language: chooseLanguage(c.req.header('accept-language')),
      }),
  ),
  endpoint(
    {
      id: 'askForOwnCode',
      method: 'post',
      path: '/account/verifications',
      tag: 'account',
      auth: 'session',
      limit: 'write',
      summary: { ko: '재인증·복구 메일 인증번호 받기', en: 'Ask for a code for a new or recovery address' },
      description: codeLimits,
      body: schema.AskOwnCode,
      success: { status: 202, body: schema.CodeSent },
      errors: ['school_not_supported', 'code_requested_too_often'],
    },
    async ({ ctx, body, c }) =>
      sendCode(ctx, body, {
        network: networkOf(c),
        language: chooseLanguage(c.req.header('accept-language')),
      }),
  ),
  endpoint(
    {
      id: 'confirmCode',
      method: 'post',
      path: '/verifications/confirm',
      tag: 'account',
      auth: 'public',
      limit: 'write',
      summary: { ko: '인증번호 확인', en: 'Confirm a code' },
      description: {
        ko: '맞으면 30분 동안 한 번 쓸 수 있는 proof를 줍니다. 다섯 번 틀리면 새로 받아야 합니다.',
        en: 'A right code gives a single-use proof, valid 30 minutes. After five wrong tries ask for a new code.',
      },
      body: schema.ConfirmCode,
      success: { status: 200, body: schema.Proof },
      errors: ['code_wrong', 'code_expired'],
    },
    async ({ ctx, body }) => ({
      proof: await confirmCode(ctx, { ...body, address: requireAddress(body.email) }),
      expiresInSeconds: schema.PROOF_LIFETIME_SECONDS,
    }),
  ),
  endpoint(
    {
      id: 'signUp',
      method: 'post',
      path: '/account',
      tag: 'account',
      auth: 'public',
      limit: 'write',
      summary: { ko: '가입', en: 'Sign up' },
      description: {
        ko: '학교는 메일 도메인에서 정해집니다. 필수 동의: terms, privacy.',
        en: 'The school comes from the mail domain. Required consents: terms, privacy.',
      },
      body: schema.SignUp,
      success: { status: 201, body: schema.SessionGranted },
      errors: [
        'proof_invalid',
        'account_exists',
        'school_not_supported',
        'department_not_found',
        'consent_required',
        'too_young',
        'password_too_common',
      ],
    },
    async ({ ctx, body, c }) => toSessionGranted(await signUp(ctx, body, originOf(c, body.device))),
  ),
  endpoint(
    {
      id: 'logIn',
      method: 'post',
      path: '/sessions',
      tag: 'account',
      auth: 'public',
      limit: 'write',
      summary: { ko: '로그인', en: 'Log in' },
      description: {
        ko: '탈퇴한 뒤 30일 안에 로그인하면 계정이 돌아옵니다.',
        en: 'Logging in within 30 days of leaving brings the account back.',
      },
      body: schema.LogIn,
      success: { status: 201, body: schema.SessionGranted },
      errors: ['credentials_wrong'],
    },
    async ({ ctx, body, c }) => toSessionGranted(await logIn(ctx, body, originOf(c, body.device))),
  ),
  endpoint(
    {
      id: 'listSessions',
      method: 'get',
      path: '/sessions',
      tag: 'account',
      auth: 'session',
      limit: 'read',
      summary: { ko: '로그인한 기기 목록', en: 'Where I am logged in' },
      success: { status: 200, body: schema.SessionList },
    },
    async ({ ctx }) => ({
      items: (await listSessions(ctx)).map((session) => toSession(session, ctx.actor.sessionId)),
    }),
  ),
  endpoint(
    {
      id: 'endSession',
      method: 'delete',
      path: '/sessions/:sessionId',
      tag: 'account',
      auth: 'session',
      limit: 'write',
      summary: { ko: '로그아웃 (current 또는 기기 하나)', en: 'Log out (`current`, or one device)' },
      params: schema.SessionParams,
      success: { status: 204 },
    },
    async ({ ctx, params }) => {
      await endSession(ctx, params.sessionId === 'current' ? ctx.actor.sessionId : params.sessionId);
    },
  ),
  endpoint(
    {
      id: 'readAccount',
      method: 'get',
      path: '/account',
      tag: 'account',
      auth: 'session',
      limit: 'read',
      summary: { ko: '내 계정', en: 'My account' },
      success: { status: 200, body: schema.Account },
    },
    async ({ ctx }) => toAccount(ctx.actor.userId, await readAccount(ctx)),
  ),
  endpoint(
    {
      id: 'changePassword',
      method: 'put',
      path: '/account/password',
      tag: 'account',
      auth: 'session',
      limit: 'write',
      summary: { ko: '비밀번호 바꾸기', en: 'Change the password' },
      description: { ko: '다른 기기는 모두 로그아웃됩니다.', en: 'All other sessions end.' },
      body: schema.ChangePassword,
      success: { status: 204 },
      errors: ['password_wrong', 'password_too_common'],
    },
    async ({ ctx, body }) => changePassword(ctx, body),
  ),
  endpoint(
    {
      id: 'resetPassword',
      method: 'post',
      path: '/account/password-reset',
      tag: 'account',
      auth: 'public',
      limit: 'write',
      summary: { ko: '비밀번호 재설정', en: 'Reset the password' },
      description: { ko: '모든 기기에서 로그아웃됩니다.', en: 'All sessions end.' },
      body: schema.ResetPassword,
      success: { status: 204 },
      errors: ['proof_invalid', 'password_too_common'],
    },
    async ({ ctx, body }) => resetPassword(ctx, body),
  ),
  endpoint(
    {
      id: 'setRecoveryAddress',
      method: 'put',
      path: '/account/recovery-address',
      tag: 'account',
      auth: 'session',
      limit: 'write',
      summary: { ko: '복구 메일 등록', en: 'Set the recovery address' },
      body: schema.SetRecoveryAddress,
      success: { status: 204 },
      errors: ['proof_invalid', 'password_wrong', 'address_in_use'],
    },
    async ({ ctx, body }) => setRecoveryAddress(ctx, body),
  ),
  endpoint(
    {
      id: 'removeRecoveryAddress',
      method: 'post',
      path: '/account/recovery-address/removal',
      tag: 'account',
      auth: 'session',
      limit: 'write',
      summary: { ko: '복구 메일 지우기', en: 'Remove the recovery address' },
      body: schema.RemoveRecoveryAddress,
      success: { status: 204 },
      errors: ['password_wrong'],
    },
    async ({ ctx, body }) => removeRecoveryAddress(ctx, body.password),
  ),
  endpoint(
    {
      id: 'recertify',
      method: 'put',
      path: '/account/school',
      tag: 'account',
      auth: 'session',
      limit: 'write',
      summary: { ko: '재인증 (학교 옮기기)', en: 'Re-certification (move to another school)' },
      body: schema.Recertify,
      success: { status: 204 },
      errors: [
        'proof_invalid',
        'password_wrong',
        'school_not_supported',
        'department_not_found',
        'address_in_use',
      ],
    },
    async ({ ctx, body }) => recertify(ctx, body),
  ),
  endpoint(
    {
      id: 'setConsent',
      method: 'put',
      path: '/account/consents/:kind',
      tag: 'account',
      auth: 'session',
      limit: 'write',
      summary: { ko: '동의·철회', en: 'Grant or withdraw a consent' },
      params: schema.ConsentParams,
      body: schema.SetConsent,
      success: { status: 204 },
      errors: ['consent_required'],
    },
    async ({ ctx, params, body }) => setConsent(ctx, params.kind, body),
  ),
  endpoint(
    {
      id: 'leaveAccount',
      method: 'post',
      path: '/account/leave',
      tag: 'account',
      auth: 'session',
      limit: 'write',
      summary: { ko: '탈퇴', en: 'Leave' },
      description: {
        ko: '어디서나 바로 사라지고 30일 뒤 지워집니다. 그 전에 로그인하면 돌아옵니다.',
        en: 'Invisible everywhere at once, purged after 30 days; logging in before that restores.',
      },
      body: schema.LeaveAccount,
      success: { status: 204 },
      errors: ['password_wrong'],
    },
    async ({ ctx, body }) => leaveAccount(ctx, body),
  ),
];
