/** The mails that arrived, newest first, kept in memory only: a restarted inbox is an empty one. */

export type Mail = {
  /** Counts up in order of arrival: `"7"` came after `"6"`. */
  id: string;
  from: string;
  /** Envelope recipients, so that a Bcc is seen as well. */
  to: string[];
  subject: string;
  /** When it arrived here, ISO 8601. */
  receivedAt: string;
  text: string;
  html: string | null;
  /** The verification code in the mail, when it has one. */
  code: string | null;
  /** Header lines as sent, by lower-case name. */
  headers: Record<string, string>;
};

export type MailQuery = {
  /** Recipient address, compared without case. */
  to?: string | undefined;
  /** Id of a mail (only later ones) or an ISO time (only those arrived at it or later). */
  since?: string | undefined;
};

/** Oldest mails are let go beyond this many. */
const CAPACITY = 1000;

export type MailStore = ReturnType<typeof createMailStore>;

/** An empty store. `waitFor` resolves at once when something matches, else with the first match or, after `waitMs`, empty. */
export function createMailStore() {
  let mails: Mail[] = [];
  let lastId = 0;
  const listeners = new Set<() => void>();

  function find(query: MailQuery): Mail[] {
    return mails.filter((mail) => matches(mail, query));
  }

  return {
    add(mail: Omit<Mail, 'id'>): Mail {
      lastId += 1;
      const added = { id: String(lastId), ...mail };
      mails = [added, ...mails].slice(0, CAPACITY);
      for (const listener of listeners) listener();
      return added;
    },
    find,
    get(id: string): Mail | undefined {
      return mails.find((mail) => mail.id === id);
    },
    clear(): number {
      const count = mails.length;
      mails = [];
      return count;
    },
    async waitFor(query: MailQuery, waitMs: number, signal: AbortSignal): Promise<Mail[]> {
      const found = find(query);
      if (found.length > 0 || waitMs <= 0) return found;
      return new Promise((resolve) => {
        function finish(): void {
          clearTimeout(timer);
          listeners.delete(look);
          signal.removeEventListener('abort', finish);
          resolve(find(query));
        }
        function look(): void {
          if (find(query).length > 0) finish();
        }
        const timer = setTimeout(finish, waitMs);
        listeners.add(look);
        signal.addEventListener('abort', finish);
      });
    },
  };
}

function matches(mail: Mail, query: MailQuery): boolean {
  if (query.to !== undefined) {
    const wanted = query.to.toLowerCase();
    if (!mail.to.some((address) => address.toLowerCase() === wanted)) return false;
  }
  if (query.since === undefined) return true;
  if (/^\d+$/.test(query.since)) return Number(mail.id) > Number(query.since);
  return Date.parse(mail.receivedAt) >= Date.parse(query.since);
}
