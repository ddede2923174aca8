type ExportRow = {
  id: string;
  state: 'asked' | 'ready' | 'expired';
  createdAt: Date;
  expiresAt: Date | null;
};

export function toDataExport({ id, state, createdAt, expiresAt }: ExportRow) {
  return {
    id,
    state,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
