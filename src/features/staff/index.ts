/** Staff: who they are, and the engine room as they see and steer it. */
export { authenticateStaff, type StaffEntrance } from './authenticate.ts';
export { staffEndpoints } from './routes.ts';
