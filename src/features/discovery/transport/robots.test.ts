import { describe, expect, it } from 'vitest';
import { isAllowedByRobots, parseRobots, writeRobots } from './robots.ts';

function allows(text: string, path: string): boolean | undefined {
  const rules = parseRobots(text);
  if (!rules) return undefined;
  const url = new URL(path, 'https://www.example.com');
  const isAllowed = isAllowedByRobots(rules, url);
  // What is kept says the same as what was read.
  expect(isAllowedByRobots(parseRobots(writeRobots(rules))!, url)).toBe(isAllowed);
  return isAllowed;
}

/** Rules for everybody. */
function everybody(...lines: string[]): string {
  return ['User-agent: *', ...lines].join('\n');
}

describe('a rule', () => {
  it.each([
    ['the longest decides', ['Disallow: /a', 'Allow: /a/b'], '/a/b/c', true],
    ['the longest decides, whatever the order', ['Allow: /a/b', 'Disallow: /a'], '/a/b/c', true],
    ['the longest decides against us as well', ['Allow: /', 'Disallow: /a'], '/a', false],
    ['Allow wins a tie', ['Disallow: /page', 'Allow: /page'], '/page', true],
    ['Allow wins a tie, first', ['Allow: /page', 'Disallow: /page'], '/page', true],
    ['is a beginning', ['Disallow: /search'], '/searching?q=1', false],
    ['is no ending', ['Disallow: /search'], '/a/search', true],
    ['is case sensitive', ['Disallow: /Search'], '/search', true],
    ['looks at the query', ['Disallow: /*?utm_source='], '/a?utm_source=x', false],
    ['* is nothing, too', ['Disallow: /a*b'], '/ab', false],
    ['* is anything', ['Disallow: /a*b'], '/a/x/y/b/z', false],
    ['* several times', ['Disallow: /*/a/*.gif'], '/x/y/a/z/1.gif?2', false],
    ['* several times, in order', ['Disallow: /*b*a'], '/a/b', true],
    ['$ is the end', ['Disallow: /*.gif$'], '/x.gif', false],
    ['$ is the end and no more', ['Disallow: /*.gif$'], '/x.gif?1', true],
    ['$ without a star', ['Allow: /$', 'Disallow: /'], '/', true],
    ['$ without a star, more', ['Allow: /$', 'Disallow: /'], '/home', false],
    ['$ finds the last place', ['Disallow: /*ab$'], '/ab/ab', false],
    ['$ may not overlap', ['Disallow: /ab*ba$'], '/aba', true],
    ['$ elsewhere is a character', ['Disallow: /a$b'], '/a$b', false],
    ['an encoded star is a character', ['Disallow: /a%2Ab'], '/a*b', false],
    ['an encoded star is no star', ['Disallow: /a%2Ab'], '/axb', true],
    ['may be written in Korean', ['Disallow: /검색'], '/%EA%B2%80%EC%83%89?q=1', false],
    ['may be encoded in lower case', ['Disallow: /%ea%b2%80'], '/검', false],
    ['may encode what needs none', ['Disallow: /%62%61z'], '/baz', false],
    ['may not encode what means another thing', ['Disallow: /a%2Fb'], '/a/b', true],
    ['of nothing closes nothing', ['Disallow:'], '/a', true],
    ['of a star closes all', ['Disallow: *'], '/a', false],
    ['without its slash is none', ['Disallow: a'], '/a', true],
    ['may have a comment', ['Disallow: /a # all of it'], '/a', false],
    ['may be written anyhow', ['  DISALLOW  :/a  '], '/a', false],
  ])('%s', (_name, lines, path, isAllowed) => {
    expect(allows(everybody(...lines), path)).toBe(isAllowed);
  });
});

describe('a group', () => {
  it.each([
    [
      'ours counts before everybody’s',
      'User-agent: *\nDisallow: /\nUser-agent: LoopUsBot\nDisallow: /a',
      true,
    ],
    ['ours by the product token in any case', 'User-agent: loopusBOT/2.0 (x)\nDisallow: /', false],
    ['of a longer name is another’s', 'User-agent: LoopUsBots\nDisallow: /', true],
    ['of a name that ends in ours is another’s', 'User-agent: My-LoopUsBot\nDisallow: /', true],
    [
      'several of ours are one',
      'User-agent: LoopUsBot\nDisallow: /a\n\nUser-agent: LoopUsBot\nDisallow: /b',
      false,
    ],
    [
      'several of everybody’s are one',
      'User-agent: *\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: *\nDisallow: /b',
      false,
    ],
    ['may have several names', 'User-agent: x\nUser-agent: LoopUsBot\nUser-agent: y\nDisallow: /', false],
    ['goes on after a blank line', 'User-agent: LoopUsBot\n\nDisallow: /', false],
    [
      'is not ended by a Sitemap',
      'User-agent: LoopUsBot\nSitemap: https://a.example/s.xml\nUser-agent: x\nDisallow: /',
      false,
    ],
    ['of ours without rules is open', 'User-agent: *\nDisallow: /\n\nUser-agent: LoopUsBot', true],
    [
      'of ours with an empty rule is open',
      'User-agent: *\nDisallow: /\n\nUser-agent: LoopUsBot\nDisallow:',
      true,
    ],
    ['of others alone leaves us free', 'User-agent: GPTBot\nDisallow: /', true],
    ['needs a name', 'Disallow: /', true],
    ['may come in any line endings', 'User-agent: *\rDisallow: /a\r\nDisallow: /b', false],
  ])('%s', (_name, text, isAllowed) => {
    expect(allows(text, '/b')).toBe(isAllowed);
  });

  it('asks for the larger delay of ours and everybody’s', () => {
    const delay = (text: string) => parseRobots(text)?.crawlDelay;
    expect(delay('User-agent: *\nCrawl-delay: 5\nUser-agent: LoopUsBot\nDisallow: /a\nCrawl-delay: 2')).toBe(
      5,
    );
    expect(
      delay(
        'User-agent: *\nDisallow: /a\nCrawl-delay: 1\nUser-agent: LoopUsBot\nDisallow:\nCrawl-delay: 2.5',
      ),
    ).toBe(2.5);
    expect(
      delay(
        'User-agent: LoopUsBot\nDisallow: /a\nCrawl-delay: 9\nUser-agent: LoopUsBot\nDisallow: /b\nCrawl-delay: 3',
      ),
    ).toBe(9);
    expect(delay('User-agent: Yeti\nDisallow: /a\nCrawl-delay: 9')).toBe(0);
    for (const text of ['soon', '-5', '', '1e9', 'Infinity']) {
      expect(delay(`User-agent: *\nDisallow: /a\nCrawl-delay: ${text}`)).toBe(0);
    }
    expect(delay('User-agent: *\nDisallow: /a\nCrawl-delay: 99999999')).toBe(86_400);
    expect(parseRobots(writeRobots({ rules: [], crawlDelay: 2.5 }))?.crawlDelay).toBe(2.5);
  });
});

describe('a file', () => {
  it('without content, or with comments alone, opens everything', () => {
    for (const text of ['', '\n\n', '# nothing here\n']) expect(allows(text, '/')).toBe(true);
  });

  it('that is something else is no robots.txt', () => {
    for (const text of ['Not found', '{"code": 404}', 'body { color: red }', '서비스 점검 중입니다']) {
      expect(allows(text, '/')).toBeUndefined();
    }
  });

  it('like that of a news site: only what is named is open', () => {
    const text = everybody('Disallow: /', 'Allow: /$', 'Allow: /home', 'Allow: /topics/', 'Allow: /about');
    expect(allows(text, '/')).toBe(true);
    expect(allows(text, '/topics/x')).toBe(true);
    expect(allows(text, '/rss/search?q=%22ai%22&hl=ko')).toBe(false);
  });

  it('like that of a blog site: training bots out, some paths closed, a delay', () => {
    const text = [
      'User-agent: GPTBot',
      'User-agent: ClaudeBot',
      'Disallow: /',
      '',
      'User-agent: Googlebot',
      'Disallow: /write',
      'Crawl-delay: 1',
      '',
      'User-agent: Baiduspider',
      'User-agent: *',
      'Disallow: /search',
      'Disallow: /api/',
      'Disallow: /*/stats$',
      'Disallow: /*?*utm_source=*',
      'Crawl-delay: 5',
    ].join('\n');
    expect(parseRobots(text)?.crawlDelay).toBe(5);
    expect(allows(text, '/@writer/12')).toBe(true);
    expect(allows(text, '/keyword/%EC%B7%A8%EC%97%85?q=g')).toBe(true);
    expect(allows(text, '/search?q=x')).toBe(false);
    expect(allows(text, '/@writer/stats')).toBe(false);
    expect(allows(text, '/@writer/12?x=1&utm_source=y')).toBe(false);
  });

  // A matcher that tries every way to fill the stars would never come to an end here.
  it('of patterns meant to take for ever is decided', () => {
    const path = `/${'a'.repeat(1900)}`;
    const pattern = `/${'*a'.repeat(200)}*b`;
    expect(allows(everybody(`Disallow: ${pattern}`), path)).toBe(true);
    expect(allows(everybody(`Disallow: ${pattern}`), `${path}b`)).toBe(false);
    const many = Array.from({ length: 1000 }, (_, at) => `Disallow: /${'*a'.repeat(100)}${at}*b$`);
    expect(allows(everybody(...many), path)).toBe(true);
    expect(allows(everybody(`Disallow: /${'*'.repeat(400_000)}b`), path)).toBe(true);
    expect(allows(everybody(`Disallow: ${' '.repeat(400_000)}`, `${'a'.repeat(400_000)}`), path)).toBe(true);
  });
});
