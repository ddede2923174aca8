/**
 * `npm run staff:token -- <email>`: a token as Cloudflare Access would put it into the header `Cf-Access-Jwt-Assertion`,
 * signed by the running local edition. Good for a day; what it opens is up to the role (`npm run staff:add`).
 */
import { readLocalEdition, runCommand } from './local-edition.ts';

await runCommand(async () => {
  const email = process.argv[2];
  if (!email) throw new Error('npm run staff:token -- <email>');
  const { STAFF_ACCESS_ISSUER, PUBLIC_URL } = readLocalEdition();
  const response = await fetch(`${STAFF_ACCESS_ISSUER}/_control/sign`, {
    method: 'POST',
    body: JSON.stringify({ email }),
  }).catch(() => {
    throw new Error('npm start가 실행 중이 아닙니다. / npm start is not running.');
  });
  const { token } = (await response.json()) as { token: string };
  process.stdout.write(`${token}\n`);
  if (process.stdout.isTTY) {
    process.stderr.write(
      `\ncurl ${PUBLIC_URL}/v1/staff/me -H "Cf-Access-Jwt-Assertion: $(npm run --silent staff:token -- ${email})"\n`,
    );
  }
});
