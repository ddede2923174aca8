/** Settings of an index: the defaults, and the checks that matter to whoever writes them. */
import { EngineError } from './errors.ts';

export type Settings = {
  displayedAttributes: string[];
  searchableAttributes: string[];
  filterableAttributes: (string | { attributePatterns: string[] })[];
  sortableAttributes: string[];
  rankingRules: string[];
  stopWords: string[];
  nonSeparatorTokens: string[];
  separatorTokens: string[];
  dictionary: string[];
  synonyms: Record<string, string[]>;
  distinctAttribute: string | null;
  proximityPrecision: string;
  typoTolerance: {
    enabled: boolean;
    minWordSizeForTypos: { oneTypo: number; twoTypos: number };
    disableOnWords: string[];
    disableOnAttributes: string[];
    disableOnNumbers: boolean;
  };
  faceting: { maxValuesPerFacet: number; sortFacetValuesBy: Record<string, string> };
  pagination: { maxTotalHits: number };
  embedders: Record<string, unknown>;
  searchCutoffMs: number | null;
  localizedAttributes: { attributePatterns: string[]; locales: string[] }[] | null;
  facetSearch: boolean;
  prefixSearch: 'indexingTime' | 'disabled';
};

const BUILT_IN_RULES = new Set([
  'words',
  'typo',
  'proximity',
  'attribute',
  'attributeRank',
  'wordPosition',
  'sort',
  'exactness',
]);

export function defaultSettings(): Settings {
  return {
    displayedAttributes: ['*'],
    searchableAttributes: ['*'],
    filterableAttributes: [],
    sortableAttributes: [],
    rankingRules: ['words', 'typo', 'proximity', 'attributeRank', 'sort', 'wordPosition', 'exactness'],
    stopWords: [],
    nonSeparatorTokens: [],
    separatorTokens: [],
    dictionary: [],
    synonyms: {},
    distinctAttribute: null,
    proximityPrecision: 'byWord',
    typoTolerance: {
      enabled: true,
      minWordSizeForTypos: { oneTypo: 5, twoTypos: 9 },
      disableOnWords: [],
      disableOnAttributes: [],
      disableOnNumbers: false,
    },
    faceting: { maxValuesPerFacet: 100, sortFacetValuesBy: { '*': 'alpha' } },
    pagination: { maxTotalHits: 1000 },
    embedders: {},
    searchCutoffMs: null,
    localizedAttributes: null,
    facetSearch: true,
    prefixSearch: 'indexingTime',
  };
}

/** `/settings/typo-tolerance` is `typoTolerance`; undefined for a setting that does not exist. */
export function settingOfPath(path: string): keyof Settings | undefined {
  const name = path.replaceAll(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
  return name in defaultSettings() ? (name as keyof Settings) : undefined;
}

const MERGED = new Set(['typoTolerance', 'faceting', 'pagination']);

/** Settings after a PATCH; null resets one. Throws for what the engine refuses. */
export function changeSettings(settings: Settings, changes: Record<string, unknown>): Settings {
  const changed = structuredClone(settings) as Record<string, unknown>;
  const defaults = defaultSettings() as Record<string, unknown>;
  for (const [name, value] of Object.entries(changes)) {
    if (!(name in defaults))
      throw new EngineError('bad_request', `Unknown field \`${name}\`: expected one of the settings`);
    if (value === null) changed[name] = defaults[name];
    else changed[name] = MERGED.has(name) ? merge(changed[name], value) : value;
  }
  requireRankingRules((changed as Settings).rankingRules);
  return changed as Settings;
}

function merge(before: unknown, change: unknown): unknown {
  if (!isObject(before) || !isObject(change)) return change;
  return {
    ...before,
    ...Object.fromEntries(Object.entries(change).map(([name, value]) => [name, merge(before[name], value)])),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function requireRankingRules(rules: string[]): void {
  const wrong = rules.find((rule) => !BUILT_IN_RULES.has(rule) && !/^[\w.-]+:(asc|desc)$/.test(rule));
  if (wrong !== undefined)
    throw new EngineError(
      'invalid_settings_ranking_rules',
      `Invalid value: \`${wrong}\` ranking rule is invalid.`,
    );
}

/** The attributes that may stand in filters. */
export function filterablePatterns(settings: Settings): string[] {
  return settings.filterableAttributes.flatMap((one) =>
    typeof one === 'string' ? one : one.attributePatterns,
  );
}

/** Whether an attribute is among patterns such as `tags`, `*` or `meta_*`. */
export function isAmong(attribute: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    if (pattern === '*' || pattern === attribute) return true;
    if (attribute.startsWith(`${pattern}.`)) return true;
    return pattern.endsWith('*') && attribute.startsWith(pattern.slice(0, -1));
  });
}
