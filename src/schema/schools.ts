import { index, int, mysqlTable, text, tinyint, varchar } from 'drizzle-orm/mysql-core';
import { exactText, flag, idColumn, timeColumn } from '../platform/db/columns.ts';

/** The directory of Korean universities. Seeded from src/features/schools/directory.ts; staff edit it. */
export const schools = mysqlTable('schools', {
  id: int('id').primaryKey(),
  nameKo: varchar('name_ko', { length: 60 }).notNull(),
  nameEn: varchar('name_en', { length: 120 }).notNull(),
  region: varchar('region', { length: 10 }).notNull(),
  /** Short forms and nicknames, newline separated. */
  aliases: varchar('aliases', { length: 400 }).notNull().default(''),
  logoKey: exactText('logo_key', { length: 80 }),
  isActive: flag('is_active').notNull().default(true),
});

export const schoolDomains = mysqlTable(
  'school_domains',
  {
    domain: exactText('domain', { length: 100 }).primaryKey(),
    schoolId: int('school_id').notNull(),
  },
  (table) => [index('school_domains_school').on(table.schoolId)],
);

/** The standard catalogue of departments, each tied to a field (1–16). */
export const departments = mysqlTable('departments', {
  id: int('id').primaryKey(),
  nameKo: varchar('name_ko', { length: 60 }).notNull(),
  nameEn: varchar('name_en', { length: 120 }).notNull(),
  fieldId: tinyint('field_id').notNull(),
  aliases: varchar('aliases', { length: 400 }).notNull().default(''),
  isActive: flag('is_active').notNull().default(true),
});

/** Requests for a school or department that is missing. */
export const inquiries = mysqlTable(
  'inquiries',
  {
    id: idColumn('id').primaryKey(),
    kind: varchar('kind', { length: 20 }).$type<'school' | 'department'>().notNull(),
    name: varchar('name', { length: 100 }).notNull(),
    detail: text('detail').notNull(),
    /** Where to answer; removed with the inquiry. */
    contactEmail: varchar('contact_email', { length: 254 }),
    state: varchar('state', { length: 10 }).$type<'open' | 'closed'>().notNull(),
    createdAt: timeColumn('created_at').notNull(),
  },
  (table) => [index('inquiries_state').on(table.state, table.id)],
);
