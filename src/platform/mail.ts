import { createTransport } from 'nodemailer';

export type Mail = {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** The same key never reaches the provider's customer twice (HTTP providers; SMTP knows no such thing). */
  idempotencyKey: string;
};

/** Sends one mail now. Throws {@link MailFailed} when the server does not take it. */
export type Mailer = { send(mail: Mail): Promise<void> };

export class MailFailed extends Error {
  override name = 'MailFailed';
}

/**
 * The mail server named by MAIL_URL: `smtp://user:password@host:port` (STARTTLS when offered, except on loopback),
 * `smtps://` (implicit TLS), or `https://:key@host` for a provider with Resend's HTTP API.
 * Workers cannot reach port 25.
 */
export function createMailer(mailUrl: string, from: string, fetchMail: typeof fetch): Mailer {
  const url = new URL(mailUrl);
  return url.protocol === 'https:' ? httpMailer(url, from, fetchMail) : smtpMailer(url, from);
}

function smtpMailer(url: URL, from: string): Mailer {
  const isLoopback = url.hostname === '127.0.0.1';
  const isImplicitTls = url.protocol === 'smtps:';
  const user = decodeURIComponent(url.username);
  return {
    async send({ to, subject, text, html, idempotencyKey }) {
      const transport = createTransport({
        host: url.hostname,
        port: Number(url.port || (isImplicitTls ? 465 : 587)),
        secure: isImplicitTls,
        requireTLS: !isImplicitTls && !isLoopback,
        ignoreTLS: isLoopback,
        ...(user ? { auth: { user, pass: decodeURIComponent(url.password) } } : {}),
        connectionTimeout: 10_000,
        socketTimeout: 15_000,
      });
      try {
        const messageId = `<${idempotencyKey}@${new URL(`https://${from.replace(/^.*@/, '').replace('>', '')}`).hostname}>`;
        await transport.sendMail({ from, to, subject, text, html, messageId });
      } catch (error) {
        throw new MailFailed('the mail server did not take the mail', { cause: error });
      } finally {
        transport.close();
      }
    },
  };
}

function httpMailer(url: URL, from: string, fetchMail: typeof fetch): Mailer {
  const key = decodeURIComponent(url.password);
  return {
    async send({ to, subject, text, html, idempotencyKey }) {
      let status: number;
      try {
        const response = await fetchMail(`${url.origin}/emails`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${key}`,
            'content-type': 'application/json',
            'idempotency-key': idempotencyKey,
          },
          body: JSON.stringify({ from, to: [to], subject, text, html }),
        });
        status = response.status;
        await response.body?.cancel();
      } catch (error) {
        throw new MailFailed('the mail provider did not answer', { cause: error });
      }
      if (status >= 300) throw new MailFailed(`the mail provider answered ${status}`);
    },
  };
}
