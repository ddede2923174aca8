import { passwordChangedMail, welcomeMail } from './features/account/index.ts';
import { exportReadyMail } from './features/exports/index.ts';
import { createMails } from './platform/mails.ts';

/** The one page that names every mail a job sends. Verification codes are not among them: they are never queued. */
export const mails = createMails([welcomeMail, passwordChangedMail, exportReadyMail]);
