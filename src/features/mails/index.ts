/** Mails that a job sends. */
export { enqueueMails, sendMail } from './send-mail.ts';
