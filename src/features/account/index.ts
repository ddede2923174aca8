/** Accounts: verification codes, sign-up, sessions, passwords, addresses, consents, leaving. */
export { accountEndpoints } from './routes.ts';
export { accountReactions } from './reactions.ts';
export { passwordChangedMail, welcomeMail } from './mails.ts';
export { purgeAccount, purgeLeftAccounts } from './purge-account.ts';
export { accountExportSteps, accountPurgeSteps, accountSweeps } from './retention.ts';
export { requirePassword } from './change-password.ts';
export { authenticateSession } from './sessions.ts';
export { accountCreated, accountLeft, accountRecertified, accountRestored, sessionsEnded } from './events.ts';
