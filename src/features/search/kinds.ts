/** What can be searched, each kind in an index of its own. */
export const SEARCH_KINDS = ['people', 'posts', 'tags', 'schools', 'companies'] as const;

export type SearchKind = (typeof SEARCH_KINDS)[number];
