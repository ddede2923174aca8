export function withLock<T>(path: string, act: () => Promise<T>, onWait?: () => void): Promise<T>;
export function describeProcess(processId: number): string;
export function isAlive(description: string): boolean;
export function readStat(processId: number): [state: string, parent: number, startTime: string] | undefined;
