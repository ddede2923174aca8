import type { SQL } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';

/** As a school: the nation. As a field: all fields. */
export const ALL = 0;

/** A table whose rows belong to scopes. */
export type Scoped = { schoolId: MySqlColumn; fieldId: MySqlColumn };

/** Which rows of such a table. */
export type Rows = (table: Scoped) => SQL | undefined;
