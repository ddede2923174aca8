import { asc, eq } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { departments, schoolDomains, schools } from '../../schema/schools.ts';
import { createDirectory, type Directory } from './search-directory.ts';

export type SchoolEntry = {
  id: number;
  nameKo: string;
  nameEn: string;
  region: string;
  aliases: string[];
  emailDomains: string[];
  logoKey: string | null;
};

export type DepartmentEntry = {
  id: number;
  nameKo: string;
  nameEn: string;
  fieldId: number;
  aliases: string[];
};

type Loaded = {
  loadedAt: number;
  directory: Directory<SchoolEntry, DepartmentEntry>;
  schoolById: Map<number, SchoolEntry>;
  departmentById: Map<number, DepartmentEntry>;
};

/** How long an isolate believes its copy (milliseconds); staff's edits show after that. */
const KEPT_MS = 60_000;
const MEMORY_KEY = 'school directory';

/** The whole directory: a few hundred rows that change a few times a year, so each isolate keeps a copy. */
export async function loadDirectory(ctx: Ctx): Promise<Loaded> {
  const { memory, clock } = ctx.deps;
  const kept = memory.get(MEMORY_KEY) as Loaded | undefined;
  const now = clock.now().getTime();
  if (kept && Math.abs(now - kept.loadedAt) < KEPT_MS) return kept;
  const loaded = { loadedAt: now, ...(await readDirectory(ctx)) };
  memory.set(MEMORY_KEY, loaded);
  return loaded;
}

async function readDirectory(ctx: Ctx): Promise<Omit<Loaded, 'loadedAt'>> {
  const { db } = ctx.deps;
  const [schoolRows, domainRows, departmentRows] = await Promise.all([
    db.select().from(schools).where(eq(schools.isActive, true)).orderBy(asc(schools.id)),
    db.select().from(schoolDomains).orderBy(asc(schoolDomains.domain)),
    db.select().from(departments).where(eq(departments.isActive, true)).orderBy(asc(departments.id)),
  ]);
  const domainsBySchool = Map.groupBy(domainRows, ({ schoolId }) => schoolId);
  const schoolEntries = schoolRows.map((row) => ({
    ...row,
    aliases: splitLines(row.aliases),
    emailDomains: (domainsBySchool.get(row.id) ?? []).map(({ domain }) => domain),
  }));
  const departmentEntries = departmentRows.map((row) => ({ ...row, aliases: splitLines(row.aliases) }));
  return {
    directory: createDirectory(schoolEntries, departmentEntries),
    schoolById: new Map(schoolEntries.map((school) => [school.id, school])),
    departmentById: new Map(departmentEntries.map((department) => [department.id, department])),
  };
}

function splitLines(text: string): string[] {
  return text.split('\n').filter(Boolean);
}

/** The school that addresses of this domain, or of a domain above it, belong to. */
export async function schoolForDomain(ctx: Ctx, domain: string): Promise<SchoolEntry | undefined> {
  return (await loadDirectory(ctx)).directory.schoolForEmailDomain(domain);
}

/** A department of the catalogue. Throws `department_not_found`. */
export async function findDepartment(ctx: Ctx, id: number): Promise<DepartmentEntry> {
  const department = (await loadDirectory(ctx)).departmentById.get(id);
  if (!department) throw new AppError('department_not_found');
  return department;
}
