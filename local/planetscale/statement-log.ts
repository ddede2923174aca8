/** Counts and times of what was carried out, for tests that hold a route to its budget and for benches. */

/** Latencies kept a statement; later ones take the place of the oldest. */
const LATENCIES_KEPT = 10_000;

type Entry = { count: number; databaseMs: number; latencies: number[] };

export type StatementReport = {
  total: number;
  databaseMs: number;
  /** Busiest first, by time. */
  statements: ({ digest: string } & Entry)[];
};

export type StatementLog = {
  record(database: string, digest: string, ms: number): void;
  /** Without a database: of all of them. */
  report(database?: string): StatementReport;
  reset(database?: string): void;
};

export function createStatementLog(): StatementLog {
  const byDatabase = new Map<string, Map<string, Entry>>();
  return {
    record(database, digest, ms) {
      let entries = byDatabase.get(database);
      if (!entries) byDatabase.set(database, (entries = new Map()));
      let entry = entries.get(digest);
      if (!entry) entries.set(digest, (entry = { count: 0, databaseMs: 0, latencies: [] }));
      entry.latencies[entry.count % LATENCIES_KEPT] = round(ms);
      entry.count += 1;
      entry.databaseMs += ms;
    },
    report(database) {
      const statements = [...byDatabase]
        .filter(([name]) => database === undefined || name === database)
        .flatMap(([, entries]) => [...entries].map(([digest, entry]) => ({ digest, ...entry })))
        .map((entry) => ({ ...entry, databaseMs: round(entry.databaseMs) }))
        .sort((a, b) => b.databaseMs - a.databaseMs);
      return {
        total: statements.reduce((sum, entry) => sum + entry.count, 0),
        databaseMs: round(statements.reduce((sum, entry) => sum + entry.databaseMs, 0)),
        statements,
      };
    },
    reset(database) {
      if (database === undefined) byDatabase.clear();
      else byDatabase.delete(database);
    },
  };
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
