import { and, eq } from 'drizzle-orm';
import { defineMail } from '../../platform/mails.ts';
import { dataExports } from '../../schema/accounts.ts';
import { linkToken } from './link.ts';
import { LINK_HOURS } from './make-export.ts';

/** The link to an export that is ready. `params.exportId`. */
export const exportReadyMail = defineMail({
  name: 'export_ready',
  to: 'school',
  async render({ deps }, { params: { exportId = '' } }, language) {
    const [row] = await deps.db
      .select({ volumes: dataExports.volumes })
      .from(dataExports)
      .where(and(eq(dataExports.id, exportId), eq(dataExports.state, 'ready')));
    if (!row) return undefined;
    const url = `${deps.config.publicUrl}/v1/exports/${await linkToken(deps, exportId)}`;
    const more = Array.from({ length: (row.volumes ?? 1) - 1 }, (_, index) => `${url}?volume=${index + 2}`);
    const days = LINK_HOURS / 24;
    if (language === 'ko') {
      return {
        subject: '[루프어스] 내 데이터가 준비되었습니다',
        heading: '내 데이터가 준비되었습니다',
        paragraphs: [
          `요청하신 데이터를 ${days}일 동안 받을 수 있습니다. 링크를 아는 사람은 누구나 받을 수 있으니 다른 사람에게 전달하지 마세요.`,
          ...more.map((address, index) => `${index + 2}번째 파일: ${address}`),
        ],
        link: { url, label: '내려받기 (ZIP)' },
      };
    }
    return {
      subject: '[Loop Us] Your data is ready',
      heading: 'Your data is ready',
      paragraphs: [
        `You can fetch what you asked for during ${days} days. Whoever knows the link can fetch it: do not pass it on.`,
        ...more.map((address, index) => `File ${index + 2}: ${address}`),
      ],
      link: { url, label: 'Download (ZIP)' },
    };
  },
});
