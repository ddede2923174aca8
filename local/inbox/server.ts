/**
 * The inbox of the local edition: mails sent over real SMTP are kept instead of delivered, and read on a web page or as JSON.
 *
 * - `GET /` the page for people
 * - `GET /api/messages?to=&since=&wait=` newest first; `since` is an id or an ISO time, `wait` (ms) holds the answer
 *   until a mail matches
 * - `GET /api/messages/:id`, `GET /api/messages/:id/html` (the HTML part under a policy that runs nothing and loads nothing)
 * - `DELETE /api/messages`
 * - `POST /_control/smtp` an `SmtpFault`; `POST /_control/faults` and `/_control/latency` as every stand-in
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startStandIn, type Reply, type StandIn, type StandInRequest } from '../stand-in.ts';
import { createMailStore, type Mail, type MailStore } from './mail-store.ts';
import { startSmtpReceiver, type SmtpFault } from './smtp-receiver.ts';

export type Inbox = StandIn & { smtpPort: number };

const PAGE = readFileSync(join(import.meta.dirname, 'page.html'), 'utf8');

/** A client behind a proxy would give up on a longer silence. */
const MAX_WAIT_MS = 30_000;

/** `allow-same-origin` lets the page measure the frame's height; without `allow-scripts` nothing in a mail can use it. */
const MAIL_POLICY =
  "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; " +
  "style-src 'unsafe-inline'; img-src data:; font-src data:";
const PAGE_POLICY =
  "default-src 'none'; connect-src 'self'; frame-src 'self'; img-src data:; script-src 'unsafe-inline'; style-src 'unsafe-inline'";

/** Starts SMTP and web on 127.0.0.1. Rejects with EADDRINUSE when a port is taken; then neither is left running. */
export async function startInbox(options: { port?: number; smtpPort?: number } = {}): Promise<Inbox> {
  const store = createMailStore();
  const smtp = await startSmtpReceiver({ port: options.smtpPort ?? 0, onMail: (mail) => store.add(mail) });
  try {
    const standIn = await startStandIn({
      port: options.port ?? 0,
      handle: (request) => answer(store, request),
      control: {
        smtp(body) {
          smtp.setFault((body as SmtpFault | undefined) ?? { mode: 'none' });
        },
      },
      onClose: () => smtp.close(),
    });
    return { ...standIn, smtpPort: smtp.port };
  } catch (error) {
    await smtp.close();
    throw error;
  }
}

async function answer(store: MailStore, request: StandInRequest): Promise<Reply> {
  const { method, url } = request;
  if (method === 'GET' && url.pathname === '/') return html(PAGE, PAGE_POLICY);
  if (url.pathname === '/api/messages') {
    if (method === 'GET') return { status: 200, body: { messages: await list(store, request) } };
    if (method === 'DELETE') return { status: 200, body: { deleted: store.clear() } };
  }
  const path = /^\/api\/messages\/(\d+)(\/html)?$/.exec(url.pathname);
  const mail = method === 'GET' && path?.[1] ? store.get(path[1]) : undefined;
  if (!mail) return { status: 404, body: { error: 'not found' } };
  if (!path?.[2]) return { status: 200, body: mail };
  return mail.html === null
    ? { status: 404, body: { error: 'no HTML part' } }
    : html(`<!doctype html><base target="_blank">${mail.html}`, MAIL_POLICY);
}

async function list(store: MailStore, request: StandInRequest): Promise<Mail[]> {
  const { searchParams } = request.url;
  const query = { to: searchParams.get('to') ?? undefined, since: searchParams.get('since') ?? undefined };
  const waitMs = Math.min(Number(searchParams.get('wait') ?? 0) || 0, MAX_WAIT_MS);
  const gone = new AbortController();
  request.raw.response.once('close', () => gone.abort());
  return store.waitFor(query, waitMs, gone.signal);
}

function html(body: string, policy: string): Reply {
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body,
  };
}
