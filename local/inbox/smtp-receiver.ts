/** The SMTP half of the inbox: takes any mail for anyone, keeps it, delivers none. */
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { findCode } from './find-code.ts';
import type { Mail } from './mail-store.ts';

/** How mail transport misbehaves. `refuse` answers 451 (try later), `delay` answers late, `drop` cuts the connection. */
export type SmtpFault = {
  mode: 'none' | 'refuse' | 'delay' | 'drop';
  /** Milliseconds, for `delay`. */
  delayMs?: number;
  /** How many mails it strikes; without it, all until it is changed. */
  count?: number;
  /** Only mails to an address that contains this text. */
  match?: string;
  /** `after`: the mail is kept, then the fault strikes the answer. Default `before`. */
  when?: 'before' | 'after';
};

export type SmtpReceiver = {
  port: number;
  setFault(fault: SmtpFault): void;
  close(): Promise<void>;
};

const MAX_MAIL_BYTES = 10 * 1024 * 1024;

/** Listens on 127.0.0.1 without AUTH and STARTTLS. Rejects with EADDRINUSE when the port is taken. */
export async function startSmtpReceiver(options: {
  port: number;
  onMail(mail: Omit<Mail, 'id'>): void;
}): Promise<SmtpReceiver> {
  let fault: SmtpFault = { mode: 'none' };
  const sockets = new Map<number, Socket>();
  const closed = new AbortController();

  function takeFault(recipients: string[], when: 'before' | 'after'): SmtpFault | undefined {
    const { match } = fault;
    if (fault.mode === 'none' || (fault.when ?? 'before') !== when) return undefined;
    if (match && !recipients.some((address) => address.includes(match))) return undefined;
    const struck = fault;
    if (fault.count !== undefined) {
      fault = fault.count > 1 ? { ...fault, count: fault.count - 1 } : { mode: 'none' };
    }
    return struck;
  }

  /** Resolves to false when the connection is gone and nothing more must be said on it. */
  async function strike(session: SMTPServerSession, when: 'before' | 'after'): Promise<boolean> {
    const struck = takeFault(recipientsOf(session), when);
    if (struck?.mode === 'delay') await sleep(struck.delayMs ?? 1000, undefined, { signal: closed.signal });
    if (struck?.mode === 'refuse') {
      throw Object.assign(new Error('4.3.2 mail is refused for now (fault switch)'), { responseCode: 451 });
    }
    if (struck?.mode !== 'drop') return true;
    sockets.get(session.remotePort)?.destroy();
    return false;
  }

  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<boolean> {
    const parsed = await readMail(stream, session);
    if (stream.sizeExceeded) {
      throw Object.assign(new Error('5.3.4 message too big'), { responseCode: 552 });
    }
    if (!(await strike(session, 'before'))) return false;
    options.onMail(parsed);
    return strike(session, 'after');
  }

  async function handOver(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: (error: Error | null) => void,
  ): Promise<void> {
    try {
      if (await receive(stream, session)) done(null);
    } catch (error) {
      done(error as Error);
    }
  }

  const server = new SMTPServer({
    banner: 'Loop Us local inbox',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MAX_MAIL_BYTES,
    closeTimeout: 100,
    onData(stream, session, done) {
      void handOver(stream, session, done);
    },
  });
  // A client that hangs up in the middle is the client's affair; without a listener it would end the process.
  server.on('error', () => {});
  server.server.on('connection', (socket: Socket) => {
    const { remotePort } = socket;
    if (remotePort === undefined) return;
    sockets.set(remotePort, socket);
    socket.on('close', () => sockets.delete(remotePort));
  });

  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    setFault(next) {
      fault = next;
    },
    async close() {
      closed.abort();
      for (const socket of sockets.values()) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function recipientsOf(session: SMTPServerSession): string[] {
  return session.envelope.rcptTo.map((recipient) => recipient.address);
}

async function readMail(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<Omit<Mail, 'id'>> {
  const parsed = await simpleParser(stream);
  const sender = session.envelope.mailFrom;
  const subject = parsed.subject ?? '';
  const text = parsed.text ?? '';
  return {
    from: parsed.from?.text ?? (sender ? sender.address : ''),
    to: recipientsOf(session),
    subject,
    receivedAt: new Date().toISOString(),
    text,
    html: parsed.html || null,
    code: findCode(subject, text),
    headers: Object.fromEntries(
      parsed.headerLines.map(({ key, line }) => [key, line.slice(line.indexOf(':') + 1).trim()]),
    ),
  };
}
