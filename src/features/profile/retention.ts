import { eq } from 'drizzle-orm';
import { defineExportStep, type ExportStep } from '../../platform/retention.ts';
import { users } from '../../schema/accounts.ts';
import { loadDirectory } from '../schools/index.ts';

/** What a profile says; it goes with the account's own row, its picture with the person's other pictures. */
export const profileExportSteps: readonly ExportStep[] = [
  defineExportStep({
    name: 'profile',
    async read(ctx, userId) {
      const [[person], { schoolById, departmentById }] = await Promise.all([
        ctx.deps.db
          .select({
            name: users.name,
            schoolId: users.schoolId,
            departmentId: users.departmentId,
            admissionYear: users.admissionYear,
            introduction: users.introduction,
            links: users.links,
            isHiddenFromRankings: users.isHiddenFromRankings,
            isFindableByCompanies: users.isFindableByCompanies,
          })
          .from(users)
          .where(eq(users.id, userId)),
        loadDirectory(ctx),
      ]);
      if (!person) return { rows: [], next: undefined };
      const { schoolId, departmentId, ...rest } = person;
      const school = schoolById.get(schoolId)?.nameKo ?? null;
      const department = departmentById.get(departmentId)?.nameKo ?? null;
      return { rows: [{ ...rest, school, department }], next: undefined };
    },
  }),
];
