import type { SystemCtx } from './context.ts';
import type { Language } from './errors.ts';
import type { MailContent } from './mail-template.ts';

/** A kind of mail that a job sends (verification codes are not among them: they are never queued). */
export type MailTemplate = {
  /** At most 40 characters of `a-z_`. */
  name: string;
  /** To the school address, or to every address of the account (what its owner must hear of in any case). */
  to: 'school' | 'all';
  /**
   * The mail in one language; it goes out in both. `params` are ids. What the mail needs beside them is read here, at the
   * time of sending; undefined when there is nothing to send any more.
   */
  render(
    ctx: SystemCtx,
    mail: { userId: string; params: Record<string, string> },
    language: Language,
  ): Promise<MailContent | undefined>;
};

export function defineMail(template: MailTemplate): MailTemplate {
  return template;
}

/** The mails of the whole app (built from src/mails.ts). */
export type Mails = { find(name: string): MailTemplate | undefined };

/** Throws when two templates share a name. */
export function createMails(list: readonly MailTemplate[]): Mails {
  const byName = new Map(list.map((template) => [template.name, template]));
  if (byName.size !== list.length) throw new Error('two mails share a name');
  return { find: (name) => byName.get(name) };
}
