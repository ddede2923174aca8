import { customType } from 'drizzle-orm/mysql-core';

/** A 63-bit id: BIGINT in MySQL, a decimal string everywhere in TypeScript (2^53 would not hold it). */
export const idColumn = customType<{ data: string; driverData: string }>({
  dataType: () => 'bigint',
  fromDriver: (value) => String(value),
});

/** Milliseconds in UTC. The driver sends and receives them without a zone; the server runs at +00:00. */
export const timeColumn = customType<{ data: Date; driverData: string }>({
  dataType: () => 'datetime(3)',
  toDriver: (value) => value.toISOString().slice(0, 23),
  fromDriver: (value) => new Date(`${value.replace(' ', 'T')}Z`),
});

/** A Korean calendar day, `YYYY-MM-DD`. */
export const dayColumn = customType<{ data: string; driverData: string }>({
  dataType: () => 'date',
  fromDriver: (value) => String(value).slice(0, 10),
});

/** Text compared byte by byte: addresses, hashes, keys. */
export const exactText = customType<{ data: string; driverData: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length ?? 255}) character set utf8mb4 collate utf8mb4_bin`,
});

/** TINYINT(1) as a boolean. */
export const flag = customType<{ data: boolean; driverData: number }>({
  dataType: () => 'tinyint(1)',
  toDriver: (value) => (value ? 1 : 0),
  fromDriver: (value) => Number(value) !== 0,
});

/** For `.mapWith`: the driver hands the result of a comparison or of EXISTS over as text. */
export function isTrue(value: unknown): boolean {
  return Number(value) === 1;
}
