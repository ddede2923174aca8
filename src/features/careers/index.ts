/** Careers: named threads of posts, personal and group ones, their people and followers. */
export { careerEndpoints } from './routes.ts';
export { requireVisibleCareer } from './queries.ts';
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
