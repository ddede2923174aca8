/** Accounts: verification codes, sign-up, sessions, passwords, addresses, consents, leaving. */
export { accountEndpoints } from './routes.ts';
export { accountReactions } from './reactions.ts';
export { authenticateSession } from './sessions.ts';
export { accountCreated, accountLeft, accountRecertified, accountRestored, sessionsEnded } from './events.ts';
