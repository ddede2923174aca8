import { createApp } from './app.ts';

const app = createApp((waitUntil) => ({ afterAnswer: waitUntil }));

export default {
  fetch: app.fetch,
} satisfies ExportedHandler<object>;
