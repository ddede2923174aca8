import type { ConsentKind } from './schemas.ts';

type SessionRow = { id: string; device: string; place: string; createdAt: Date; lastUsedAt: Date };

export function toSession(row: SessionRow, currentSessionId: string) {
  return {
    id: row.id,
    device: row.device,
    place: row.place,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt.toISOString(),
    isCurrent: row.id === currentSessionId,
  };
}

export function toSessionGranted(granted: {
  token: string;
  sessionId: string;
  userId: string;
  expiresAt: Date;
  isRestored: boolean;
}) {
  return { ...granted, expiresAt: granted.expiresAt.toISOString() };
}

type AccountRows = {
  user: { createdAt: Date };
  addresses: { purpose: 'school' | 'recovery'; address: string }[];
  consents: { kind: string; version: string; isGranted: boolean; createdAt: Date }[];
};

export function toAccount(userId: string, { user, addresses, consents }: AccountRows) {
  return {
    userId,
    schoolEmail: addresses.find(({ purpose }) => purpose === 'school')?.address ?? '',
    recoveryEmail: addresses.find(({ purpose }) => purpose === 'recovery')?.address ?? null,
    createdAt: user.createdAt.toISOString(),
    consents: consents.map(({ kind, version, isGranted, createdAt }) => ({
      kind: kind as ConsentKind,
      version,
      isGranted,
      at: createdAt.toISOString(),
    })),
  };
}
