import { mediaUrl } from '../../platform/media-url.ts';
import type { DepartmentEntry, SchoolEntry } from './queries.ts';

/** A school as clients see it. */
export function toSchool(school: SchoolEntry, mediaBaseUrl: string) {
  return {
    id: school.id,
    nameKo: school.nameKo,
    nameEn: school.nameEn,
    region: school.region,
    emailDomains: school.emailDomains,
    logoUrl: school.logoKey ? mediaUrl(mediaBaseUrl, school.logoKey) : null,
  };
}

/** A department as clients see it. */
export function toDepartment({ id, nameKo, nameEn, fieldId }: DepartmentEntry) {
  return { id, nameKo, nameEn, fieldId };
}
