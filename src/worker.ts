import { createApp } from './app.ts';
import { runCron } from './cron.ts';

export { PersonChannel } from './channel.ts';

const app = createApp((waitUntil) => ({ afterAnswer: waitUntil }));

export default {
  fetch: app.fetch,
  scheduled: (_controller, env, ctx) => runCron(env, { afterAnswer: (work) => ctx.waitUntil(work) }),
} satisfies ExportedHandler<object>;
