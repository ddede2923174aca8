import type { Language } from './errors.ts';

export type MailContent = {
  subject: string;
  heading: string;
  paragraphs: readonly string[];
  /** Shown large, for copying. */
  code?: string;
  link?: { url: string; label: string };
};

const FOOTER = {
  ko: '루프어스 · 이 메일은 발신 전용입니다. 요청하지 않으셨다면 무시하셔도 됩니다.',
  en: 'Loop Us · This address takes no replies. If you did not ask for this, you can ignore it.',
};

type RenderedMail = { subject: string; text: string; html: string };

/** One mail as plain text and as HTML (tables and inline styles: school mail clients are old). */
export function renderMail(language: Language, content: MailContent): RenderedMail {
  return {
    subject: content.subject,
    text: renderText(language, content),
    html: renderPage(language, renderRows(language, content)),
  };
}

/** The same in Korean and below it in English, for those whose language nobody knows. */
export function renderBilingual(ko: MailContent, en: MailContent): RenderedMail {
  return {
    subject: ko.subject,
    text: `${renderText('ko', ko)}\n\n----\n\n${renderText('en', en)}`,
    html: renderPage('ko', `${renderRows('ko', ko)}\n${DIVIDER}\n${renderRows('en', en)}`),
  };
}

function renderText(language: Language, { heading, paragraphs, code, link }: MailContent): string {
  return [
    heading,
    '',
    ...paragraphs,
    ...(code ? ['', code] : []),
    ...(link ? ['', `${link.label}: ${link.url}`] : []),
    '',
    FOOTER[language],
  ].join('\n');
}

const DIVIDER =
  '<tr><td style="padding:0 32px"><hr style="border:0;border-top:1px solid #e3e8f2;margin:0"></td></tr>';

function renderPage(language: Language, rows: string): string {
  return `<!doctype html><html lang="${language}"><body style="margin:0;background:#f4f6fb">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="480" cellpadding="0" cellspacing="0" style="max-width:480px;width:100%;background:#fff;border-radius:12px;font-family:'Apple SD Gothic Neo','Malgun Gothic',sans-serif;color:#1c2434">
${rows}
</table></td></tr></table></body></html>`;
}

function renderRows(language: Language, { heading, paragraphs, code, link }: MailContent): string {
  return `<tr><td style="padding:32px 32px 8px;font-size:20px;font-weight:700">${escapeHtml(heading)}</td></tr>
${paragraphs.map((paragraph) => `<tr><td style="padding:8px 32px;font-size:15px;line-height:1.6">${escapeHtml(paragraph)}</td></tr>`).join('\n')}
${code ? `<tr><td style="padding:16px 32px"><div style="font-size:34px;font-weight:700;letter-spacing:8px;text-align:center;background:#eef3ff;border-radius:8px;padding:18px 0">${escapeHtml(code)}</div></td></tr>` : ''}
${link ? `<tr><td style="padding:16px 32px"><a href="${escapeHtml(link.url)}" style="display:inline-block;background:#2f5fd0;color:#fff;text-decoration:none;padding:12px 20px;border-radius:8px">${escapeHtml(link.label)}</a></td></tr>` : ''}
<tr><td style="padding:20px 32px 28px;font-size:12px;color:#7a8599">${escapeHtml(FOOTER[language])}</td></tr>`;
}

/** Text made harmless inside HTML, attribute values included. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
