export function withLock<T>(path: string, act: () => Promise<T>, onWait?: () => void): Promise<T>;
export function isAlive(processId: number): boolean;
