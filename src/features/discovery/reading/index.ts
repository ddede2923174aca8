/** What the sources read with: text, dates, addresses and identities, out of whatever a site answers. Pure. */
export { foldHost, readAddress, readPictureAddress, unwrapAddress } from './addresses.ts';
export { cleanLine, cleanMarkup, cutLine, MAX_AUTHOR, MAX_TITLE, stripTags } from './clean-text.ts';
export { collectItems } from './collect-items.ts';
export { completeItem, foldItems } from './fold-items.ts';
export { brunchIdentity, identifyAddress, identifyStory, videoIdentity } from './identities.ts';
export { Entries, listOf, readLanguage, Text, TextOrNumber } from './lenient.ts';
export { parseDate } from './parse-date.ts';
export { isCaptcha, readFeed } from './read-feed.ts';
export { readJson, tryJson } from './read-json.ts';
export type { RssItem } from './read-rss.ts';
