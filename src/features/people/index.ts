/** People as others see them: cards with the viewer's relation, and who may see whom. */
export { createPersonView, loadPeople, personColumns } from './queries.ts';
export { PersonCard, Relation } from './schemas.ts';
export { toRelation } from './view.ts';
export { isKnownTo, isUnblocked, isVisibleTo } from './visibility.ts';
export type { PersonRow } from './view.ts';
