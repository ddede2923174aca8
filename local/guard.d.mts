export function buildGuardScript(signal: 'TERM' | 'KILL'): string;
