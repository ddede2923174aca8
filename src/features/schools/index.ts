/** The directory of schools, departments and fields. */
export { schoolEndpoints } from './routes.ts';
export {
  findDepartment,
  loadDirectory,
  schoolForDomain,
  type DepartmentEntry,
  type SchoolEntry,
} from './queries.ts';
export { departmentShortForms, schoolShortForms } from './search-directory.ts';
export { fields } from './fields.ts';
export { schools as seedSchools } from './directory.ts';
export { departments as seedDepartments } from './departments.ts';
export { toDepartment, toSchool } from './view.ts';
export { Department, Field, School } from './schemas.ts';
