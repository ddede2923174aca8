type Lock = { packages?: Record<string, { version?: string; optional?: boolean; devOptional?: boolean }> };

export const NODE_PACKAGES: Record<string, string>;
export function isInstalled(wanted: Lock, present: Lock, platform?: string): boolean;
