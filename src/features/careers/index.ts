/** Careers: named threads of posts, personal and group ones, their people and followers. */
export { careerEndpoints } from './routes.ts';
export { careerReactions } from './reactions.ts';
export { loadCareersOf, requireVisibleCareer } from './queries.ts';
export { OwnedCareer } from './schemas.ts';
export { isCareerVisibleTo } from './visibility.ts';
export {
  careerCreated,
  careerDeleted,
  careerEdited,
  careerFollowed,
  careerInvited,
  careerJoined,
  careerLeft,
  careerUnfollowed,
} from './events.ts';
export { careerExportSteps, careerPurgeSteps } from './retention.ts';
