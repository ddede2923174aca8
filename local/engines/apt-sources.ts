/** Reading the machine's own apt sources, so that the mirror it already uses (and trusts) serves us too. */

export type AptSource = { uri: string; suites: string[]; components: string[]; signedBy: string | undefined };

/** Parses a deb822 file (`*.sources`): binary, enabled entries only. An inline key is not taken as `signedBy`. */
export function parseDeb822Sources(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const stanza of text.split(/\n[ \t]*\n/)) {
    const fields = parseStanza(stanza);
    const words = (name: string): string[] => (fields.get(name) ?? '').split(/\s+/).filter(Boolean);
    if (!words('types').includes('deb') || fields.get('enabled')?.toLowerCase() === 'no') continue;
    const [signedBy] = words('signed-by');
    for (const uri of words('uris')) {
      sources.push({
        uri,
        suites: words('suites'),
        components: words('components'),
        signedBy: signedBy?.startsWith('/') ? signedBy : undefined,
      });
    }
  }
  return sources;
}

function parseStanza(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue;
    const start = /^([A-Za-z0-9-]+):(.*)$/.exec(line);
    if (start?.[1]) {
      name = start[1].toLowerCase();
      fields.set(name, start[2]?.trim() ?? '');
    } else if (name && /^\s/.test(line)) fields.set(name, `${fields.get(name)} ${line.trim()}`);
  }
  return fields;
}

/** Parses the one-line format (`sources.list`): `deb [signed-by=…] uri suite component…`. */
export function parseOneLineSources(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)/.exec(line);
    if (!match?.[2] || !match[3]) continue;
    sources.push({
      uri: match[2],
      suites: [match[3]],
      components: (match[4] ?? '').split(/\s+/).filter(Boolean),
      signedBy: /(?:^|\s)signed-by=(\S+)/.exec(match[1] ?? '')?.[1],
    });
  }
  return sources;
}

/** The source that serves Debian's own suite `codename` (not its security or updates suites, no third party's). */
export function chooseDebianSource(sources: readonly AptSource[], codename: string): AptSource | undefined {
  return sources.find(
    (source) =>
      source.suites.some((suite) => suite === codename || suite === 'stable') &&
      source.components.includes('main'),
  );
}
