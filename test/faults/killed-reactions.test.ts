/** Isolates that die in the middle of reactions, after each effect that reactions have. */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { reactions } from '../../src/events.ts';
import { startTestApp, type OutgoingCall, type TestApp } from '../harness/app.ts';
import { buildSearch } from '../harness/search.ts';
import { expectSound } from '../harness/soundness.ts';
import { afterStories, countStory, makeCast, oneTry, playStory } from '../harness/story.ts';

let app: TestApp;
/** Reactions do not begin: as if each isolate died right after COMMIT. */
let areLeft = false;
/** Effects that the isolate lives to see. */
let life = Infinity;

const READ = /^\{"query":"\s*(?:select|begin|\()/i;

function isEffect({ url, body }: OutgoingCall): boolean {
  return url.endsWith('/Execute') ? !READ.test(body) : true;
}

beforeAll(async () => {
  app = await startTestApp({
    isListening: true,
    registry: {
      reactions: {
        ...reactions,
        run: async (...events) => {
          if (!areLeft) await reactions.run(...events);
        },
      },
    },
    async between(send, call) {
      if (life <= 0) throw new TypeError('this isolate is dead');
      const response = await send();
      if (isEffect(call)) life -= 1;
      return response;
    },
  });
  await buildSearch(app);
});

afterEach(() => {
  areLeft = false;
  life = Infinity;
});

/** Everything in the outbox may be taken up again, and is not yet suspected of killing whoever does. */
async function outliveLeases(): Promise<void> {
  await app.sql("update outbox set attempts = 1, available_at = '2026-01-01'");
}

/** The database rolls back what the dead had begun (which takes it 20 s). */
async function bury(): Promise<void> {
  life = Infinity;
  app.channels.setBroken(false);
  const database = new URL(String(app.env['DATABASE_URL'])).username;
  await fetch(`${app.urls.planetscale}/_control/failover`, {
    method: 'POST',
    body: JSON.stringify({ database }),
  });
}

async function countEvents(): Promise<number> {
  return (await app.sql('select id from outbox')).length;
}

it('killed after each of their effects in turn, reactions end as if nothing had been', async () => {
  areLeft = true;
  await playStory(await makeCast(app), oneTry(app));
  areLeft = false;
  const events = await countEvents();
  expect(events).toBeGreaterThan(30);
  let lived = 1;
  for (; (await countEvents()) > 0; lived += 1) {
    await outliveLeases();
    life = lived;
    app.channels.setBroken(lived % 2 === 0);
    await app.tick();
    await bury();
    // What was published goes out, and some of it is published again when QStash has forgotten that.
    if (lived % 16 === 0) await app.queue.advance(700_000);
  }
  expect(lived).toBeGreaterThan(40);
  await expectSound(app);
  expect(await countStory(app)).toEqual(afterStories(1));
}, 120_000);
